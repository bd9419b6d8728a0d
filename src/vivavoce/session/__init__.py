"""A session at work: feeds the pure cores with events and performs what they ask for."""
