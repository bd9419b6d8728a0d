"""The way from a reply's text to what a voice says, and back to what was heard.

Owns cutting, normalising and measuring text. Refuses to know models, audio data and sessions. Pure.
"""
