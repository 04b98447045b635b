"""Embedded PostgreSQL and Redis: servers of this checkout alone, on unix sockets only, started from wheels' binaries.

Standard library only: `manage.py` calls this before Django is set up. The public names are re-exported here.
"""

from credit_platform.embedded.places import MAIN, TEST, Endpoints, Places, ServiceError
from credit_platform.embedded.supervisor import Session, start, status, stop, used

__all__ = ["MAIN", "TEST", "Endpoints", "Places", "ServiceError", "Session", "start", "status", "stop", "used"]
