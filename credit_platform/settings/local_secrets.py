"""Secrets of a development checkout: made at random once, kept readable by their owner only."""

import base64
import os
import secrets
from pathlib import Path


def local_secret(path: Path) -> str:
    """Return the secret kept in a file; the first caller makes it, however many start at once."""
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)).decode())
        try:
            os.link(draft, path)
        except FileExistsError:
            return path.read_text()
        finally:
            draft.unlink()
    return path.read_text()
