"""Serve the three peers: python -m tools.peers --port 8100 [--store FILE] [--portal-key K] [--power-key K] …

The platform is pointed at it with CITY_PORTAL_URL=http://127.0.0.1:8100/portal,
POWER_PLATFORM_URL=http://127.0.0.1:8100/power, PROVINCE_URL=http://127.0.0.1:8100/province and the same keys. A page at
/ shows what it holds. Faults and data are set by POST to /control/… from this machine. Later receipts of the province
go to the city's door where --city, --client and --secret name it; with --outgoing and --incoming it keeps to the file
mode too. Standard library only; docs/province.md tells an integrator more.
"""

from __future__ import annotations

import argparse
import sys
import threading
import time
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from tools.peers.application import Application
from tools.peers.carrying import City, carry
from tools.peers.holding import Holding


class Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of connections that a fault has cut."""


class Handler(WSGIRequestHandler):
    def get_environ(self) -> dict[str, Any]:
        environ: dict[str, Any] = super().get_environ()
        environ["peer.connection"] = self.connection
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """The page shows the requests."""


def main() -> int:
    """Serve until interrupted; while a peer is away nobody listens on the port at all."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--host", default="127.0.0.1")
    asked.add_argument("--port", type=int, default=8100)
    asked.add_argument("--store", default=":memory:", help="SQLite file; without it everything ends with the process")
    asked.add_argument("--portal-key", default="portal-demo-key")
    asked.add_argument("--power-key", default="power-demo-key")
    asked.add_argument("--province-key", default="province-demo-key")
    asked.add_argument("--city", default="", help="address of the platform whose door takes later receipts")
    asked.add_argument("--client", default="", help="client id of the province at that platform")
    asked.add_argument("--secret", default="", help="client secret")
    asked.add_argument("--outgoing", type=Path, help="directory that the platform lays batches down in")
    asked.add_argument("--incoming", type=Path, help="directory that receipts are laid down in")
    given = asked.parse_args()
    holding = Holding(given.store)
    keys = {"portal": given.portal_key, "power": given.power_key, "province": given.province_key}
    application = Application(holding, keys)
    city = City(given.city, given.client, given.secret) if given.city else None
    carry(application.province, city, given.outgoing, given.incoming)
    while True:
        server = Server((given.host, given.port), Handler)
        server.set_app(application)
        application.leave = lambda server=server: threading.Thread(target=server.shutdown).start()
        print(f"peers on http://{given.host}:{given.port}/", flush=True)
        try:
            server.serve_forever(poll_interval=0.05)
        except KeyboardInterrupt:
            return 0
        finally:
            server.server_close()
        time.sleep(application.away_seconds)


if __name__ == "__main__":
    sys.exit(main())
