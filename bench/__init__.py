"""Measurements: each module prints its figures with the machine named."""
