"""One Redis server: started, asked, stopped; recovers from any kill -9."""

import signal
import socket

from credit_platform.embedded.places import TEST, Places, ServiceError
from credit_platform.embedded.processes import command_of, last_lines, pid_in, signal_process, wait_until


class RedisServer:
    """The Redis of one instance, on a unix socket only."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.log = places.logs / "redis.log"
        self.wanted = places.home / "redis-wanted"  # there while somebody uses the server

    def pid(self) -> int | None:
        """Return the id of this instance's live server."""
        found = pid_in(self.places.redis_data / "redis.pid")
        if found is None:
            return None
        command = command_of(found)
        return found if "redis-server" in command and self.places.endpoints.redis_socket in command else None

    def ready(self) -> bool:
        """Tell whether the server answers a PING with PONG (not with LOADING)."""
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
                client.settimeout(2)
                client.connect(self.places.endpoints.redis_socket)
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def ensure(self) -> None:
        """Return when the server answers."""
        if self.ready():
            return
        if self.pid() is None:
            self._start()
        if not wait_until(self.ready, 60):
            raise ServiceError(f"Redis does not start; its log {self.log} ends with:\n{last_lines(self.log)}")

    def _start(self) -> None:
        keep = not self.places.name.startswith(TEST)
        settings = {
            "port": "0",
            "unixsocket": f'"{self.places.endpoints.redis_socket}"',
            "unixsocketperm": "700",
            "daemonize": "yes",
            "dir": f'"{self.places.redis_data}"',
            "pidfile": f'"{self.places.redis_data / "redis.pid"}"',
            "logfile": f'"{self.log}"',
            "appendonly": "yes" if keep else "no",
            "aof-load-truncated": "yes",
            "save": '""',
            "databases": "64",
            "set-proc-title": "yes",
            "proc-title-template": '"{title} {unixsocket}"',
        }
        path = self.places.redis_data / "redis.conf"
        path.write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
        self.places.account.own(path)
        result = self.places.account.run([self.places.redis_server, path])
        if result.returncode != 0:
            raise ServiceError(f"redis-server: {result.stdout}{result.stderr}{last_lines(self.log)}")

    def stop(self) -> None:
        """Stop the server."""
        pid = self.pid()
        if pid is None:
            return
        for number, seconds in ((signal.SIGTERM, 15), (signal.SIGKILL, 5)):
            signal_process(pid, number)
            if wait_until(lambda: not command_of(pid), seconds):
                return
        raise ServiceError(f"Redis (process {pid}) does not stop")
