"""The change feed: what leaves the house, page by page, and who follows it how far."""
