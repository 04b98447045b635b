"""The kept file in clear for as long as it is read, in a form of which a killed process leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.attachments.storing import PIECE, open_attachment, storage
from core.models import Attachment


@contextmanager
def in_clear(attachment: Attachment) -> Iterator[Path]:
    """Give a path under which this process and its children read the file; it has no name on the disk.

    Where the system has no /proc the file has a name that only its owner may open, until the block ends.
    """
    home = Path(storage().location)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    nameless = Path(f"/proc/{os.getpid()}/fd").is_dir()
    maker = tempfile.TemporaryFile if nameless else tempfile.NamedTemporaryFile
    with maker(dir=home) as plain:
        with open_attachment(attachment) as sealed:
            shutil.copyfileobj(sealed, plain, PIECE)
        plain.flush()
        yield Path(f"/proc/{os.getpid()}/fd/{plain.fileno()}" if nameless else str(plain.name))
