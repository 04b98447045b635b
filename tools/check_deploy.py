"""Run Django's deployment check under production settings, on values that exist for this check only."""

import base64
import os
import secrets
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Fail on any warning."""
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_FILE")} | {
        "DJANGO_SETTINGS_MODULE": "credit_platform.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "PERSONAL_KEYS": "k1:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "REPORT_KEYS": "r1:ed25519:" + base64.b64encode(secrets.token_bytes(32)).decode(),
        "ALLOWED_HOSTS": "credit.example.cn",
        "PUBLIC_URL": "https://credit.example.cn",
        "ATTACHMENTS_DIR": "var/attachments",
        "DATABASE_URL": "postgres://nobody@nowhere/none",
        "REDIS_URL": "redis://nowhere/0",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
