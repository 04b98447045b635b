"""The test run: its own embedded cluster without fsync, cheap password hashes, tasks run in place."""

import base64
import os

from credit_platform.embedded import TEST, Places
from credit_platform.settings.base import *  # noqa: F403
from credit_platform.settings.base import STORAGES, VAR_DIR
from credit_platform.settings.environment import read
from credit_platform.settings.stores import broker, cache, database_from_url

DEBUG = False
SECRET_KEY = "only-for-tests-" + "x" * 50
PERSONAL_KEYS = [f"test1:{base64.b64encode(bytes(range(32))).decode()}"]
REPORT_KEYS = [f"test1:ed25519:{base64.b64encode(bytes(range(1, 33))).decode()}"]
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PROXY_COUNT = 0
DEMO = False

_embedded = Places(TEST).endpoints
DATABASES = {"default": database_from_url(0) if read("DATABASE_URL") else _embedded.database_settings}
_worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
REDIS_URL = read("REDIS_URL") or _embedded.redis_url(1 + int(_worker) % 60)
# Runs at the same time do not see each other's keys; a site that a test serves sees those of its run.
_run = os.environ.setdefault("XINYONG_TEST_RUN", str(os.getpid()))
REDIS_KEY_PREFIX = f"test{_run}-{_worker}"
CACHES = {"default": cache(REDIS_URL, REDIS_KEY_PREFIX)}
CELERY_BROKER_URL = broker(REDIS_URL)
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "attachments": {
        "BACKEND": "core.attachments.storage.EncryptedStorage",
        "OPTIONS": {"location": str(VAR_DIR / "test" / "attachments")},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
SMS_SPOOL_DIR = VAR_DIR / "test" / "sms"
SNAPSHOTS_DIR = VAR_DIR / "test" / "snapshots"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
RATE_LIMITS = {}  # tests of limits set their own
