"""Voice activity detectors, one provider a file."""
