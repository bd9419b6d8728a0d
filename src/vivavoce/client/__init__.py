"""A Realtime client in Python: what `vivavoce talk`, the benchmarks and the tests speak to a server with."""
