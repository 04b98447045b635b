"""Floor 5: objections and complaints about anything decided below, and the pause they cause."""
