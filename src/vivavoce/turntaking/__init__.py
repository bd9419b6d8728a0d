"""Turn taking: speech probabilities in, starts, pauses and ends of turns out. Pure; counts audio, never the clock."""
