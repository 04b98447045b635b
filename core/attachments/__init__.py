"""Attachments: files handed in are checked, kept encrypted under their digest, and served only by a scoped view."""

from core.attachments.serving import serve, serving_view
from core.attachments.storing import erase, open_attachment, store

__all__ = ["erase", "open_attachment", "serve", "serving_view", "store"]
