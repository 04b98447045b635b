"""Articles: typical cases, policies and notices, written by one officer, passed by another, shown from their day on."""
