"""End-of-turn detectors, one provider a file."""
