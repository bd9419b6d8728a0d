"""Rooms: several viewers, and several who speak or write, in one conversation."""
