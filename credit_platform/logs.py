"""Structured logs that never show a personal number: every string that leaves is masked."""

import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

# Identity numbers (15 or 18 places) and mobile numbers, not as parts of longer numbers.
PERSONAL_NUMBER = re.compile(r"(?<![0-9A-Za-z])(?:[1-9]\d{16}[\dXx]|[1-9]\d{14}|1[3-9]\d{9})(?![0-9A-Za-z])")


def mask(text: str) -> str:
    """Return the text with the middle of each personal number starred."""
    return PERSONAL_NUMBER.sub(lambda found: f"{found[0][:3]}***{found[0][-2:]}", text)


def mask_personal_numbers(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every string of a log event."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = mask(value)
    return event


SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.TimeStamper(fmt="iso", utc=False),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


def logging_configuration(level: str, style: str) -> dict[str, Any]:
    """Return the logging settings and set structlog up to go the same way."""
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if style == "json"
        else structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    configuration = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "structured": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    mask_personal_numbers,
                    renderer,
                ],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django.server": {"level": "WARNING"},
            "axes": {"level": "WARNING"},
            "celery": {"level": "INFO"},
        },
    }
    logging.config.dictConfig(configuration)
    return configuration
