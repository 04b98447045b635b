"""`/api/v1/public/objections`: file and follow without login, by number and secret."""
