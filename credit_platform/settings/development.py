"""A checkout on somebody's machine: embedded services unless DATABASE_URL / REDIS_URL are set; keys made once."""

from credit_platform.embedded import MAIN, Places
from credit_platform.settings.base import *  # noqa: F403
from credit_platform.settings.base import REDIS_KEY_PREFIX, VAR_DIR
from credit_platform.settings.environment import env, read
from credit_platform.settings.local_secrets import local_secret
from credit_platform.settings.stores import broker, cache, database_from_url, with_timeouts

DEBUG = False
ALLOWED_HOSTS = read("ALLOWED_HOSTS") or ["*"]
PROXY_COUNT = env.int("PROXY_COUNT", default=0)
DEMO = env.bool("DEMO", default=True)

SECRET_KEY = read("SECRET_KEY") or local_secret(VAR_DIR / "secrets" / "secret-key")
REPORT_KEYS = read("REPORT_KEYS") or [f"r1:ed25519:{local_secret(VAR_DIR / 'secrets' / 'report-key')}"]
PERSONAL_KEYS = read("PERSONAL_KEYS") or [f"k1:{local_secret(VAR_DIR / 'secrets' / 'personal-key')}"]

_embedded = Places(MAIN).endpoints
DATABASES = {
    "default": with_timeouts(
        database_from_url(read("DATABASE_CONN_MAX_AGE"))
        if read("DATABASE_URL")
        else _embedded.database_settings | {"CONN_MAX_AGE": read("DATABASE_CONN_MAX_AGE"), "CONN_HEALTH_CHECKS": True},
        read("PROCESS_KIND"),
    )
}
REDIS_URL = read("REDIS_URL") or _embedded.redis_url()
CACHES = {"default": cache(REDIS_URL, REDIS_KEY_PREFIX)}
CELERY_BROKER_URL = broker(REDIS_URL)
