"""Characters: who the assistant is, read from YAML files and reloaded when they change."""
