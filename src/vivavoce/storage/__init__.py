"""The plumbing of whatever a server keeps: its database, which has no table here, and folders."""
