"""Doors of the chain for other systems."""
