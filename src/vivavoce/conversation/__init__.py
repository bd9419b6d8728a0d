"""The conversation core: a pure function of events and time. Nothing here awaits, reads a clock, or knows an engine."""
