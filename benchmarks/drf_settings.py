"""A plain DRF ModelViewSet behind the full chain of middleware: what one would write first."""

from benchmarks.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.checks_drf"
