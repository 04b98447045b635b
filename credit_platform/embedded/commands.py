"""Which management commands need running services, and which of the two are configured from outside."""

import os
from collections.abc import Sequence

from credit_platform.embedded.places import MAIN
from credit_platform.embedded.supervisor import Session, start

DEVELOPMENT = "credit_platform.settings.development"
NEED_NOTHING = frozenset(
    {
        "help",
        "version",
        "services",
        "collectstatic",
        "findstatic",
        "makemessages",
        "compilemessages",
        "diffsettings",
        "verify_report",
    }
)


def configured(name: str) -> bool:
    """Tell whether a variable, or the file that holds its value, is set."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))


def settings_named(arguments: Sequence[str]) -> str:
    """Return the settings module that a command line chooses, else the environment's."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--settings="):
            return argument.partition("=")[2]
        if argument == "--settings" and position + 1 < len(arguments):
            return arguments[position + 1]
    return os.environ.get("DJANGO_SETTINGS_MODULE", DEVELOPMENT)


def services_for(arguments: Sequence[str]) -> Session | None:
    """Start what a command line needs and nothing configures; None where it needs nothing."""
    if len(arguments) < 2 or arguments[1].lstrip("-") in NEED_NOTHING or {"-h", "--help"} & set(arguments):
        return None
    if settings_named(arguments) != DEVELOPMENT:
        return None
    postgres, redis = not configured("DATABASE_URL"), not configured("REDIS_URL")
    if not postgres and not redis:
        return None
    return start(MAIN, postgres=postgres, redis=redis)
