"""Commands of objections and complaints: the only writers of this app."""
