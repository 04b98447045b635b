"""Bring the whole site up on this machine, until Ctrl-C."""

import signal
import threading
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from credit_platform import demo
from credit_platform.serving import Children, claim_site, end_leftovers, free_port, running_site
from credit_platform.settings.environment import read

HOST = "127.0.0.1"
READY_SECONDS = 60


class Command(BaseCommand):
    """Migrate, load reference data, play the demo city once, then serve portal, admin, API, worker and beat."""

    help = "Serve the whole site on this machine until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=None, help="first port to try (default: PORT or 8000)")
        parser.add_argument("--host", default=HOST, help="address to listen on")
        parser.add_argument("--empty", action="store_true", help="no demo city")
        parser.add_argument("--workers", type=int, default=1, help="web processes")

    def handle(self, *args: Any, **options: Any) -> None:
        if not claim_site():
            raise CommandError(f"the site runs already (process {running_site()}); stop it with `make stop`")
        end_leftovers()
        self._prepare(empty=options["empty"])
        port = free_port(options["port"] or read("PORT"), options["host"])
        children = self._children(options["host"], port, options["workers"])
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: children.stopping.set())
        self._announce_when_ready(children, port)
        connections.close_all()
        children.run()
        self.stdout.write("stopped")

    def _prepare(self, *, empty: bool) -> None:
        """Bring the database and static files up to date; the demo city only into an empty one."""
        call_command("migrate", verbosity=0)
        call_command("load_reference", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        if not empty and settings.DEMO:
            demo.build_once(self.stdout.write)

    def _children(self, host: str, port: int, workers: int) -> Children:
        children = Children(settings.VAR_DIR / "log", self.stderr.write)
        children.add(
            "web", "granian", "--interface", "wsgi", "--host", host, "--port", str(port), "--workers", str(workers),
            "--blocking-threads", "4", "--respawn-failed-workers", "credit_platform.wsgi:application",
        )  # fmt: skip
        celery = ("celery", "-A", "credit_platform.celery")
        children.add(
            "worker", *celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-mingle",
            "--without-gossip",
        )  # fmt: skip
        children.add("beat", *celery, "beat", "--loglevel", "INFO", "--pidfile=")
        return children

    def _announce_when_ready(self, children: Children, port: int) -> None:
        """Say the addresses once the site answers; from a thread, while the children are tended."""
        threading.Thread(target=self._announce, args=(children, port), daemon=True).start()

    def _announce(self, children: Children, port: int) -> None:
        url = f"http://{HOST}:{port}"
        deadline = time.monotonic() + READY_SECONDS
        while not children.stopping.is_set():
            try:
                with urllib.request.urlopen(f"{url}/healthz", timeout=2):
                    break
            except (urllib.error.URLError, OSError):
                if time.monotonic() > deadline:
                    self.stderr.write(f"the site does not answer on {url}; see {children.log_directory / 'web.log'}")
                    return
                time.sleep(0.2)
        else:
            return
        self.stdout.write(
            f"\n信用广元  {url}/\n管理后台  {url}/admin/\n接口文档  {url}/api/v1/docs\n"
            f"健康检查  {url}/healthz  {url}/readyz\n"
        )
        accounts = demo.accounts_file()
        if accounts.exists():
            self.stdout.write(f"演示账号（{accounts}）\n{accounts.read_text()}")
        if demo.client_file().exists():
            self.stdout.write(f"接口客户端的编号和密钥（{demo.client_file()}）见 docs/integrators.md")
        self.stdout.write("Ctrl-C 停止")
        self.stdout.flush()
