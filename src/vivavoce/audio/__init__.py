"""Sound as numbers: sample formats, rates, files and bounded buffers.

Owns everything between bytes and float32 samples. Refuses to know what a turn, a model or a session is. Pure, but for
reading and writing audio files in `files`.
"""
