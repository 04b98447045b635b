"""Pages of the portal: each asks the selectors, and answers one question first."""
