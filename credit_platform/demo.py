"""The demo city of a fresh checkout: accounts made fresh, the story played once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from core.actors import Actor
from credit_platform.story import finished
from organizations.demo import DemoAccount, create_demo_accounts, create_demo_client
from organizations.permissions import CLIENT_MANAGE
from portal.statistics.services import count_figures
from sanctions.embedding.origins import register_origin

FRAME = "http://127.0.0.1:8090"  # where an integrator tries the check page out, on a machine of his own


def accounts_file() -> Path:
    """Return the file, readable by its owner only, that holds the demo accounts."""
    path: Path = settings.VAR_DIR / "demo-accounts.txt"
    return path


def client_file() -> Path:
    """Return the file, readable by its owner only, that holds the demo client's credentials for a shell to read."""
    path: Path = settings.VAR_DIR / "demo-client.env"
    return path


def build_once(say: Callable[[str], object]) -> None:
    """Make accounts and play the story unless that was done before; an interrupted story is played anew."""
    ensure_accounts()
    ensure_client()
    if not finished():
        say("playing the demo city …")
        with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
            call_command("play_story", stdout=nowhere)
        count_figures(actor=Actor.job("demo"))  # the day's figures are those of the whole story


def ensure_accounts() -> None:
    """Make the demo accounts that are missing and keep their passwords where only the owner reads them."""
    made = create_demo_accounts()
    if made:
        keep(made)


def ensure_client() -> None:
    """Register the demo client where it is missing, and keep its credentials where only the owner reads them."""
    issued = create_demo_client()
    if issued is not None:
        register_origin(actor=Actor.job("demo", [CLIENT_MANAGE]), client=issued.client, origin=FRAME, reason="演示")
        _keep(client_file(), [f"CLIENT_ID={issued.client.client_id}\n", f"CLIENT_SECRET={issued.secret}\n"])


def keep(accounts: list[DemoAccount]) -> None:
    """Add user names and passwords to the file; an account made anew replaces its old line."""
    path = accounts_file()
    names = {account.username for account in accounts}
    before = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
    kept = [line for line in before if line.split()[0] not in names]
    _keep(path, [*kept, *(f"  {name:<20} {password:<20} {role}\n" for name, password, role in accounts)])


def _keep(path: Path, lines: list[str]) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    draft = path.with_suffix(".draft")
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(lines)
    draft.rename(path)
