"""vivavoce: self-hosted, real-time voice conversation."""

__version__ = "0.1.0"
