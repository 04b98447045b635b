"""Checkouts of nothing but a directory, for tests that start and kill servers of their own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from credit_platform import embedded


@pytest.fixture
def checkout() -> Iterator[Callable[[], Path]]:
    """Give a function that makes an empty checkout; its services are stopped and its files removed afterwards."""
    made: list[Path] = []

    def make() -> Path:
        directory = Path(tempfile.mkdtemp(prefix="xy-"))
        directory.chmod(0o755)
        made.append(directory)
        return directory

    yield make
    for directory in made:
        embedded.stop(embedded.MAIN, checkout=directory)
        shutil.rmtree(directory)
