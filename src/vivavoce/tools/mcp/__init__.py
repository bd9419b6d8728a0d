"""Tools of MCP servers: the server's own, from a configuration file, and those that a client names in its session."""
