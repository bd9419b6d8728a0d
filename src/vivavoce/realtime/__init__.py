"""The Realtime protocol on a socket: wire events to session calls, the session's news to wire events."""
