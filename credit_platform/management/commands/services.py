"""Start, stop or show the embedded services."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from credit_platform import embedded
from credit_platform.embedded.processes import command_of, signal_process, wait_until
from credit_platform.serving import end_leftovers, running_site

NAMES = (embedded.MAIN, embedded.TEST)


class Command(BaseCommand):
    """Manage the embedded services of this checkout; they need no settings."""

    help = "stop: stop the site and its embedded services; status: show them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=("stop", "status"))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "status":
            self._status()
        else:
            self._stop()

    def _status(self) -> None:
        site = running_site()
        self.stdout.write(f"site: {f'process {site}' if site else 'not running'}")
        for name in NAMES:
            running = embedded.status(name)
            places = embedded.Places(name)
            for service in ("postgresql", "redis"):
                state = f"process {running[service]}" if service in running else "not running"
                self.stdout.write(f"{name} {service}: {state} ({places.sockets})")

    def _stop(self) -> None:
        site = running_site()
        if site is not None:
            signal_process(site, signal.SIGTERM)
            wait_until(lambda: not command_of(site), 40)
        left = end_leftovers()
        # A test run in progress keeps its servers; they stop with it.
        stopped = [
            name for name in NAMES if not (name == embedded.TEST and embedded.used(name)) and embedded.stop(name)
        ]
        parts = ["site"] * (site is not None or left > 0) + [f"{name} services" for name in stopped]
        self.stdout.write(f"stopped: {', '.join(parts)}" if parts else "nothing was running")
