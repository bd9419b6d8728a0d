"""The web server: HTTP routes, the Realtime WebSocket, who may come in, and how the process listens and stops."""
