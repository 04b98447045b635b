"""The keeper: revives a killed server while anybody uses it, and stops both when the last user is gone."""

import signal
import sys
import time
from pathlib import Path

from credit_platform.embedded.places import Places, ServiceError
from credit_platform.embedded.postgres_server import PostgresServer
from credit_platform.embedded.processes import exclusively, hold_with_pid
from credit_platform.embedded.redis_server import RedisServer
from credit_platform.embedded.supervisor import Locks, halt, in_use

GRACE_SECONDS = 4.0
LOOK_SECONDS = 0.5
PAUSE_AFTER_FAILURE = 5.0


class Keeper:
    """Watches one instance until nobody uses it."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.locks = Locks.of(places)
        self.servers = (PostgresServer(places), RedisServer(places))

    def run(self) -> None:
        """Return when the services were stopped for want of users."""
        unused_since: float | None = None
        while self.places.home.exists():
            time.sleep(LOOK_SECONDS)
            if in_use(self.locks):
                unused_since = None
                self.revive()
                continue
            unused_since = unused_since or time.monotonic()
            if time.monotonic() - unused_since >= GRACE_SECONDS and self.stopped_for_want_of_users():
                return

    def stopped_for_want_of_users(self) -> bool:
        """Stop the servers unless somebody came meanwhile."""
        with exclusively(self.locks.control):
            if in_use(self.locks):
                return False
            halt(self.places)
            return True

    def revive(self) -> None:
        """Start again what is wanted and dead."""
        if not self.lost():
            return
        try:
            with exclusively(self.locks.control):
                for server in self.lost():
                    print(time.strftime("%F %T"), "reviving", type(server).__name__, flush=True)
                    server.ensure()
        except ServiceError as error:
            print(time.strftime("%F %T"), error, flush=True)
            time.sleep(PAUSE_AFTER_FAILURE)

    def lost(self) -> list[PostgresServer | RedisServer]:
        """Return the servers that are wanted and dead."""
        return [server for server in self.servers if server.wanted.exists() and server.pid() is None]


def main() -> int:
    """Keep the instance named on the command line."""
    places = Places(sys.argv[1], Path(sys.argv[2]))
    if hold_with_pid(Locks.of(places).keeper) is None:
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    Keeper(places).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
