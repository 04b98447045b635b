"""Every environment variable the platform reads, declared once; `docs/settings.md` is generated from this table."""

from dataclasses import dataclass
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.FileAwareEnv()

KINDS = {"str": env.str, "bool": env.bool, "int": env.int, "list": env.list}


@dataclass(frozen=True)
class Variable:
    """One variable. A secret may come from the file that `NAME_FILE` names."""

    name: str
    kind: str
    default: Any
    help: str
    group: str
    required: bool = False  # production does not start without it
    secret: bool = False


VARIABLES: tuple[Variable, ...] = (
    Variable("DJANGO_SETTINGS_MODULE", "str", "credit_platform.settings.development", "Settings to use.", "Process"),
    Variable(
        "PROCESS_KIND",
        "str",
        "command",
        "`web`, `worker` or `command`: the database's time-outs; the web and Celery entry points set it themselves.",
        "Process",
    ),
    Variable("PORT", "int", 8000, "First port that `make run` tries.", "Process"),
    Variable("LOG_LEVEL", "str", "INFO", "Lowest level that is logged.", "Process"),
    Variable("LOG_FORMAT", "str", "", "`json` or `text`; production logs JSON.", "Process"),
    Variable("SECRET_KEY", "str", "", "Signs sessions and tokens.", "Secrets", required=True, secret=True),
    Variable(
        "PERSONAL_KEYS",
        "list",
        [],
        "Keys of personal numbers and attachments, newest first: `id:base64 of 32 random bytes`, comma-separated. "
        "An old key stays until `manage.py rotate_personal_keys` no longer lists it.",
        "Secrets",
        required=True,
        secret=True,
    ),
    Variable(
        "REPORT_KEYS",
        "list",
        [],
        "Keys of credit reports, newest first: `id:algorithm:base64 of 32 bytes`, `sm2` or `ed25519`. The first signs.",
        "Secrets",
        required=True,
        secret=True,
    ),
    Variable(
        "REPORT_OLD_KEYS",
        "list",
        [],
        "Public halves of destroyed keys, whose reports still verify: `id:algorithm:hex`, comma-separated.",
        "Secrets",
    ),
    Variable(
        "REPORT_SIGNER",
        "str",
        "core.signatures.signing.KeySigner",
        "What signs credit reports: the first of `REPORT_KEYS`, or the adapter of a signing device.",
        "Secrets",
    ),
    Variable("METRICS_TOKEN", "str", "", "Bearer token for `/metrics`; empty: loopback only.", "Secrets", secret=True),
    Variable(
        "DATABASE_URL",
        "str",
        "",
        "PostgreSQL; empty in development: the embedded one.",
        "Stores",
        required=True,
        secret=True,
    ),
    Variable("DATABASE_CONN_MAX_AGE", "int", 60, "Seconds that a database connection is kept.", "Stores"),
    Variable(
        "REDIS_URL", "str", "", "Redis; empty in development: the embedded one.", "Stores", required=True, secret=True
    ),
    Variable("REDIS_KEY_PREFIX", "str", "xy", "Prefix of cache keys.", "Stores"),
    Variable(
        "ATTACHMENTS_DIR",
        "str",
        "",
        "Where encrypted attachments are kept; default `var/attachments`.",
        "Stores",
        required=True,
    ),
    Variable(
        "SMS_SPOOL_DIR",
        "str",
        "",
        "Where text messages wait for the forwarder that sends them, one file per month, numbers in clear; "
        "default `var/sms`.",
        "Stores",
    ),
    Variable(
        "SNAPSHOTS_DIR",
        "str",
        "",
        "Where snapshots of the public lists are kept for some days, the same place for web and worker; default "
        "`var/snapshots`.",
        "Stores",
    ),
    Variable(
        "SMS_ATTEMPTS", "int", 8, "Attempts after which a text message is given up and its unit alerted.", "Stores"
    ),
    Variable(
        "PROVINCIAL_LOGIN_ISSUER", "str", "", "Issuer of the provincial login's tokens; empty: not joined.", "Login"
    ),
    Variable("PROVINCIAL_LOGIN_AUDIENCE", "str", "", "Our name in those tokens.", "Login"),
    Variable("PROVINCIAL_LOGIN_KEYS", "str", "", "File with the login's public keys (JWK set).", "Login"),
    Variable(
        "PROVINCIAL_LOGIN_URL",
        "str",
        "",
        "Page of the provincial login that the portal leads to with `?state=…`; it posts `token` and `state` back to "
        "`/services/login`.",
        "Login",
    ),
    Variable(
        "PROVINCIAL_LOGIN_ADAPTER",
        "str",
        "subjects.identity.providers.SignedLogin",
        "Adapter that reads the tokens; another one where the login signs otherwise.",
        "Login",
    ),
    Variable(
        "CITY_PORTAL_URL",
        "str",
        "",
        "Interface of the city government portal that public records are pushed to; empty: nothing is pushed. "
        "https only, but for this machine itself.",
        "Other systems",
    ),
    Variable("CITY_PORTAL_KEY", "str", "", "Signs what is sent to the city portal.", "Other systems", secret=True),
    Variable(
        "POWER_PLATFORM_URL",
        "str",
        "",
        "Interface of the 行政权力依法规范公开运行平台 that decisions are taken from; empty: none are.",
        "Other systems",
    ),
    Variable("POWER_PLATFORM_KEY", "str", "", "Signs what is asked of that platform.", "Other systems", secret=True),
    Variable(
        "PROVINCE_MODE",
        "str",
        "rest",
        "How the provincial platform is spoken to: `rest` (its interface over HTTP) or `file` (batches and receipts as "
        "files in two directories).",
        "Other systems",
    ),
    Variable(
        "PROVINCE_URL", "str", "", "Interface of the provincial platform; empty: nothing is reported.", "Other systems"
    ),
    Variable("PROVINCE_KEY", "str", "", "Signs what is sent to the province.", "Other systems", secret=True),
    Variable(
        "PROVINCE_OUTGOING_DIR", "str", "", "File mode: where batches are laid down for the province.", "Other systems"
    ),
    Variable(
        "PROVINCE_INCOMING_DIR",
        "str",
        "",
        "File mode: where the province lays down receipts and lists of what it holds.",
        "Other systems",
    ),
    Variable(
        "PROVINCE_CLIENT",
        "str",
        "",
        "Public id of the API client that is the province's: receipts that come later are taken from it alone.",
        "Other systems",
    ),
    Variable("PEER_SECONDS", "int", 15, "Seconds after which another system has not answered.", "Other systems"),
    Variable(
        "PUSH_ATTEMPTS", "int", 8, "Refusals after which a pushed record is given up and alerted.", "Other systems"
    ),
    Variable("STATIC_DIR", "str", "", "Where collected static files are kept; default `var/static`.", "Stores"),
    Variable("ALLOWED_HOSTS", "list", [], "Host names that the site answers to.", "Site", required=True),
    Variable("CSRF_TRUSTED_ORIGINS", "list", [], "Origins (with scheme) that forms may come from.", "Site"),
    Variable(
        "PUBLIC_URL", "str", "", "Address of the portal for links in documents and QR codes.", "Site", required=True
    ),
    Variable(
        "SITE_IMPRINT",
        "list",
        [],
        "What the foot of every page says of the site, comma-separated: 网站标识码, ICP and 公安 records, telephone.",
        "Site",
    ),
    Variable("PROXY_COUNT", "int", 1, "Trusted reverse proxies in front; 0: none.", "Site"),
    Variable("HSTS_SECONDS", "int", 31536000, "Life of Strict-Transport-Security.", "Site"),
    Variable("SESSION_IDLE_MINUTES", "int", 30, "An officer's session ends after so many idle minutes.", "Site"),
    Variable(
        "DRAFT_DAYS", "int", 7, "Days without a change after which a draft of the services online is deleted.", "Site"
    ),
    Variable(
        "PERSONAL_REPORT_DAYS", "int", 30, "Days after which the file of a person's own report is deleted.", "Site"
    ),
    Variable(
        "MEETING_QUORUM_PERCENT", "int", 67, "Share of invited units that must attend a determination meeting.", "Site"
    ),
    Variable(
        "MEETING_MIN_OTHER_UNITS",
        "int",
        2,
        "Units besides the initiating one that a meeting must at least invite.",
        "Site",
    ),
    Variable("DEMO", "bool", False, "A demo city: 演示数据 on every page, report and export.", "Site"),
)

DECLARED = {variable.name: variable for variable in VARIABLES}


def read(name: str) -> Any:
    """Return the value of a declared variable, its default where it is not set."""
    variable = DECLARED[name]
    return KINDS[variable.kind](name, default=variable.default)


def read_required(name: str) -> Any:
    """Return the value of a variable; production refuses to start without it."""
    value = read(name)
    if not value:
        hint = f" or {name}_FILE" if DECLARED[name].secret else ""
        raise ImproperlyConfigured(f"set {name}{hint}: {DECLARED[name].help}")
    return value
