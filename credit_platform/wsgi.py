"""The WSGI application that granian serves."""

import os

import django

from core.api import journal
from credit_platform.handler import Application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_platform.settings.development")
os.environ.setdefault("PROCESS_KIND", "web")
django.setup(set_prefix=False)
application = Application()
journal.start()
