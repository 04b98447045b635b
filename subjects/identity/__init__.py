"""Who somebody is, as a login outside the house proves it: an adapter per login, one record per proof."""
