"""Open data: whole datasets for everybody, made at each request from what is public that day, streamed by key."""
