"""Production: everything comes from the environment or from secret files; nothing has an unsafe default."""

from credit_platform.logs import logging_configuration
from credit_platform.settings.base import *  # noqa: F403
from credit_platform.settings.base import REDIS_KEY_PREFIX
from credit_platform.settings.environment import read, read_required
from credit_platform.settings.stores import broker, cache, database_from_url, with_timeouts

DEBUG = False
SECRET_KEY = read_required("SECRET_KEY")
PERSONAL_KEYS = read_required("PERSONAL_KEYS")
REPORT_KEYS = read_required("REPORT_KEYS")
ALLOWED_HOSTS = read_required("ALLOWED_HOSTS")
PUBLIC_URL = read_required("PUBLIC_URL")
read_required("ATTACHMENTS_DIR")
read_required("DATABASE_URL")

DATABASES = {"default": with_timeouts(database_from_url(read("DATABASE_CONN_MAX_AGE")), read("PROCESS_KIND"))}
REDIS_URL = read_required("REDIS_URL")
CACHES = {"default": cache(REDIS_URL, REDIS_KEY_PREFIX)}
CELERY_BROKER_URL = broker(REDIS_URL)

SECURE_SSL_REDIRECT = True
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = read("HSTS_SECONDS")
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_NAME = "__Host-csrf"

LOGGING = logging_configuration(read("LOG_LEVEL"), read("LOG_FORMAT") or "json")
