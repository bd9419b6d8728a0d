"""Conversations on disk: what was said and heard, written as it happens."""
