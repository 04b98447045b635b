"""The base of every API: lean views, DRF glue, problem documents, paging, rate limits, one schema for both."""
