"""Long-term memory: facts about a user, kept, searched, corrected and forgotten."""
