"""What the assistant is told before a conversation begins; the reply engines with memory and tools come here."""
