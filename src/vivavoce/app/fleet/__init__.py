"""A server of several processes: one that listens and keeps the language model, and workers that hold the sessions."""
