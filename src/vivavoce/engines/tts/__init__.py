"""Text-to-speech engines, one provider a file."""
