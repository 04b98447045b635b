"""`/api/v1/public/repairs`: file an application, follow it by receipt and secret, and ask the navigator."""
