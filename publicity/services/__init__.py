"""Writers of double publicity."""
