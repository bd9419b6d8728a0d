"""The Realtime vocabulary: the shape of every message, and nothing that moves one.

Owns the types of client and server events, the codec between them and bytes, the rules by which a session's settings
change, and the `vivavoce.v1` extension. Refuses to know what a socket, a session or an engine is: everything here is
data and pure functions. `realtime` drives it.
"""
