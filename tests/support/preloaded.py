"""What the processes of `warm` find imported: the platform as it is served, and the server itself."""

from django.urls import get_resolver
from granian.server import Server

from credit_platform.wsgi import application

__all__ = ["Server", "application"]
assert get_resolver().url_patterns  # every view is imported
