"""What holds in every environment."""

from pathlib import Path
from typing import Any

from credit_platform.logs import logging_configuration
from credit_platform.settings.admin import *  # noqa: F403
from credit_platform.settings.api import *  # noqa: F403
from credit_platform.settings.content_security import PORTAL_POLICY
from credit_platform.settings.environment import read

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"

HOUSE_APPS = [
    "core",
    "organizations",
    "catalog",
    "subjects",
    "sanctions",
    "publicity",
    "repair",
    "objections",
    "exchange",
    "supervision",
    "portal",
    "credit_platform",
]
INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "simple_history",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "oauth2_provider",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "csp",
    "django_htmx",
    "django_prometheus",
    *HOUSE_APPS,
]

MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "credit_platform.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "credit_platform.middleware.AdminPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.ActorMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "organizations.sessions.ActingAssignmentMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "core.middleware.ProblemMiddleware",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
# The short chain: hot public reads, checks and health, see docs/adr/0003-two-middleware-chains.md.
LEAN_MIDDLEWARE = ["credit_platform.middleware.lean_headers", "core.middleware.api_problems"]
LEAN_PREFIXES = (
    "/api/v1/public/", "/api/v1/checks", "/api/v1/exchange/changes", "/api/v1/exchange/snapshots",
    "/api/v1/exchange/receipts", "/healthz", "/readyz",
)  # fmt: skip
# The chain of the portal's pages while they are only read: no session, nobody to be known, no form under a token.
PAGE_MIDDLEWARE = [
    "credit_platform.middleware.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "credit_platform.middleware.page_headers",
]
PAGE_PREFIXES = (  # and the first page itself; articles are not among them, since cases have a form for comments
    "/search",
    "/subjects/",
    "/listings/",
    "/disclosures/",
    "/repairs",
    "/catalogue",
    "/statistics",
    "/open-data",
    "/rights",
    "/about",
    "/robots.txt",
    "/sitemap.xml",
)

ROOT_URLCONF = "credit_platform.urls"
WSGI_APPLICATION = "credit_platform.wsgi.application"
AUTH_USER_MODEL = "organizations.Officer"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "credit_platform" / "templates"],  # before unfold's own
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "credit_platform.context.site",
            ]
        },
    }
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
FIRST_DAY_OF_WEEK = 1

STATIC_URL = "/static/"
STATIC_ROOT = Path(read("STATIC_DIR") or VAR_DIR / "static")
ATTACHMENTS_DIR = Path(read("ATTACHMENTS_DIR") or VAR_DIR / "attachments")
SMS_SPOOL_DIR = Path(read("SMS_SPOOL_DIR") or VAR_DIR / "sms")
SNAPSHOTS_DIR = Path(read("SNAPSHOTS_DIR") or VAR_DIR / "snapshots")
SMS_ATTEMPTS = read("SMS_ATTEMPTS")
PROVINCIAL_LOGIN_ISSUER = read("PROVINCIAL_LOGIN_ISSUER")
PROVINCIAL_LOGIN_AUDIENCE = read("PROVINCIAL_LOGIN_AUDIENCE")
PROVINCIAL_LOGIN_KEYS = read("PROVINCIAL_LOGIN_KEYS")
PROVINCIAL_LOGIN_ADAPTER = read("PROVINCIAL_LOGIN_ADAPTER")
PROVINCIAL_LOGIN_URL = read("PROVINCIAL_LOGIN_URL")
DRAFT_DAYS = read("DRAFT_DAYS")
PERSONAL_REPORT_DAYS = read("PERSONAL_REPORT_DAYS")
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(ATTACHMENTS_DIR)},
    },
    "attachments": {
        "BACKEND": "core.attachments.storage.EncryptedStorage",
        "OPTIONS": {"location": str(ATTACHMENTS_DIR)},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "organizations.auth.OfficerBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "credit_platform.passwords.CharacterClassesValidator"},
]
LOGIN_URL = "admin:login"

# Sessions and lock-outs live in the database: Redis may vanish.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = read("SESSION_IDLE_MINUTES") * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = read("CSRF_TRUSTED_ORIGINS")
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {"DIRECTIVES": PORTAL_POLICY}

PROXY_COUNT = read("PROXY_COUNT")
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.5  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "core.api.addresses.client_address"
AXES_SENSITIVE_PARAMETERS: list[str] = []
AXES_ENABLE_ADMIN = False

OAUTH2_PROVIDER_APPLICATION_MODEL = "organizations.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES_BACKEND_CLASS": "organizations.clients.ClientScopes",
    "OAUTH2_VALIDATOR_CLASS": "organizations.clients.ClientValidator",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    **{
        f"COMPLIANT_BCP_RFC9700_{name}": True
        for name in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "PKCE_REQUIRED",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
            "REDIRECT_URI_SCHEME",
            "REDIRECT_URI_MATCHING",
        )
    },
}
SILENCED_SYSTEM_CHECKS: list[str] = []

REDIS_KEY_PREFIX = read("REDIS_KEY_PREFIX")
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_RESULT_EXPIRES = None
CELERY_TASK_TIME_LIMIT = 1800
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600, "global_keyprefix": f"{REDIS_KEY_PREFIX}:celery:"}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")

CITY_PORTAL_URL, CITY_PORTAL_KEY = read("CITY_PORTAL_URL"), read("CITY_PORTAL_KEY")
POWER_PLATFORM_URL, POWER_PLATFORM_KEY = read("POWER_PLATFORM_URL"), read("POWER_PLATFORM_KEY")
PROVINCE_MODE, PROVINCE_CLIENT = read("PROVINCE_MODE"), read("PROVINCE_CLIENT")
PROVINCE_URL, PROVINCE_KEY = read("PROVINCE_URL"), read("PROVINCE_KEY")
PROVINCE_OUTGOING_DIR, PROVINCE_INCOMING_DIR = read("PROVINCE_OUTGOING_DIR"), read("PROVINCE_INCOMING_DIR")
PEER_SECONDS = read("PEER_SECONDS")
PUSH_ATTEMPTS = read("PUSH_ATTEMPTS")

METRICS_TOKEN = read("METRICS_TOKEN")
PUBLIC_URL = read("PUBLIC_URL")
REPORT_SIGNER = read("REPORT_SIGNER")
REPORT_OLD_KEYS = read("REPORT_OLD_KEYS")
SITE_IMPRINT = read("SITE_IMPRINT")
DEMO = read("DEMO")
MEETING_QUORUM_PERCENT = read("MEETING_QUORUM_PERCENT")
MEETING_MIN_OTHER_UNITS = read("MEETING_MIN_OTHER_UNITS")
HEARTBEAT_SECONDS = 30
HEARTBEAT_LATE_SECONDS = 120

WHITENOISE_MAX_AGE = 3600
LOGGING_CONFIG = None
LOGGING = logging_configuration(read("LOG_LEVEL"), "json" if read("LOG_FORMAT") == "json" else "text")
