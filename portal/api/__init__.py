"""`/api/v1/public/*`: what anybody may read about legal entities, without login."""
