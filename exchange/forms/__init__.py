"""Acts of the exchange as forms."""
