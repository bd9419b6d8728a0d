"""Providers that users list: their engines, their keys, and the look after them. See `vivavoce.providers`."""
