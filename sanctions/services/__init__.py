"""Commands of the chain: each one legal act, one transaction, the only writers of these tables."""
