"""The floor: the same server and framework without any middleware, serving the same SELECT."""

from benchmarks.settings import *  # noqa: F403

LEAN_MIDDLEWARE = []
LEAN_PREFIXES = ("/",)  # type: ignore[assignment]
ROOT_URLCONF = "benchmarks.floor"
