"""Measurements: what the course promises in figures, each worked out by one script."""
