"""The floor: the same server and framework without any middleware, serving the same SELECT."""

from benchmarks.settings import *  # noqa: F403

LEAN_MIDDLEWARE: list[str] = []
LEAN_PREFIXES = ("/",)
ROOT_URLCONF = "benchmarks.floor"
