"""What a conversation thinks with: its character, its tools, its memory and its history, put together for a session."""
