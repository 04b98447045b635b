"""A story of five cases with the remedies against them, played through the same services as every officer uses."""

from credit_platform.story.acts import finished, play

__all__ = ["finished", "play"]
