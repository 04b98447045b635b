"""Building the template database while the workers of a run still collect: `python -m tests.support.ahead`."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress

import django

from credit_platform import embedded
from credit_platform.embedded.commands import configured
from tests.support import databases


def begun() -> subprocess.Popen[bytes]:
    """Start building in a process of its own; whoever needs the template waits for it by the lock."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.support.ahead"], cwd=databases.CHECKOUT, stdin=subprocess.DEVNULL,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "credit_platform.settings.test"},
    )  # fmt: skip


def ended(process: subprocess.Popen[bytes]) -> None:
    """Stop what nobody waits for any more."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(10)


def main() -> None:
    django.setup()
    postgres, redis = not configured("DATABASE_URL"), not configured("REDIS_URL")
    if postgres or redis:
        with embedded.start(embedded.TEST, postgres=postgres, redis=redis):
            databases.make_template()
    else:
        databases.make_template()


if __name__ == "__main__":
    main()
