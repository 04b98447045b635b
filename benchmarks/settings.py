"""The development settings on a benchmark database, with a rate limit that never bites and quiet logs."""

from credit_platform.logs import logging_configuration
from credit_platform.settings.development import *  # noqa: F403

DEMO = False
DEBUG = False
RATE_LIMITS = {"public": "1000000000/60", "token": "1000000000/60", "systems": "1000000000/60"}
LOGGING = logging_configuration("ERROR", "json")
