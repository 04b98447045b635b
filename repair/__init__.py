"""Floor 5: credit repair."""
