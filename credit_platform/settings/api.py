"""How the API behaves: DRF, its schema, and the rate limits of each door."""

from typing import Any

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.access.ClientActor", "core.api.access.SessionActor"],
    "DEFAULT_PERMISSION_CLASSES": ["core.api.access.DenyByDefault"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.KeysetPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "core.api.problems.problem_exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
    "UNICODE_JSON": True,
    "URL_FORMAT_OVERRIDE": None,
}

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "信用广元接口",
    "DESCRIPTION": "公共查询无需登录，按地址限流；系统接口使用 OAuth2 客户端凭证（/oauth/token）。错误为 RFC 9457 问题文档。",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.add_lean_views",
    ],
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "oauth2": {
                "type": "oauth2",
                "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
            },
            "cookieAuth": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
        }
    },
}

# Requests per seconds and caller: a client at doors that want a token, an address at all others. Headers, refusals and
# the page of the API quote these very numbers; a client may have a number of its own in place of "systems".
RATE_LIMITS: dict[str, str] = {
    "public": "120/60",
    "filing": "20/60",
    "download": "60/60",
    "drafts": "60/60",
    "follow": "20/60",
    "bulk": "30/3600",
    "token": "30/60",
    "systems": "6000/60",
}

CLIENT_LOG_DAYS = 184  # calls of clients; 网络安全法 第二十一条 asks for six months at least
ATTACHMENT_MAX_BYTES = 20 * 1024 * 1024
INTAKE_MAX_BYTES = 2 * 1024**3  # a table that a unit hands in; what is in it is read piece by piece
# How much of a personal number is shown: leading and trailing characters.
MASK_ID_HEAD, MASK_ID_TAIL = 3, 4
# Wrong follow-up secrets for one number within the minutes after which it is shut, and for how long.
FOLLOW_WRONG_SECRETS, FOLLOW_LOCK_MINUTES = 5, 30
