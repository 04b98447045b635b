"""Services online: drafts, filing through the house's own services, and following what was filed; no account needed."""
