"""Speech and language engines behind narrow Protocols: one provider a file, a fake in each folder."""
