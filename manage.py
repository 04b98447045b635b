#!/usr/bin/env python
"""The command line of the platform; starts this checkout's embedded services where none are configured."""

import os
import sys

from django.core.management import execute_from_command_line

from credit_platform.embedded.commands import services_for


def main() -> None:
    """Run a management command on running services."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_platform.settings.development")
    session = services_for(sys.argv)
    try:
        execute_from_command_line(sys.argv)
    finally:
        if session is not None:
            session.close()


if __name__ == "__main__":
    main()
