"""Speech-to-text engines, one provider a file."""
