"""Acts of repair as forms."""
