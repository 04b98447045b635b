"""Floor 6: sync with the provincial platform, in and out."""
