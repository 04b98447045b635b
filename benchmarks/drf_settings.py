"""A plain DRF ModelViewSet behind the chain of middleware that our own door has: what one would write first."""

from benchmarks.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.checks_drf"
