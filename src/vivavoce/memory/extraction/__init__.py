"""Facts out of what a user said: by rules at once, by a language model when there is time."""
