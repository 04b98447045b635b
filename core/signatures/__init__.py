"""Signatures of this site: reports and check receipts, by SM2 or Ed25519, verifiable without asking anybody."""
