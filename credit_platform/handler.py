"""One WSGI application with two middleware chains, chosen by the path's prefix."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.utils.module_loading import import_string

_HOOKS = ("process_view", "process_template_response", "process_exception")


class LeanHandler(WSGIHandler):
    """Django's handler with `LEAN_MIDDLEWARE`, whose members may only wrap the request."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(settings.LEAN_MIDDLEWARE):
            middleware = import_string(path)(handler)
            if any(hasattr(middleware, hook) for hook in _HOOKS):
                raise ImproperlyConfigured(f"{path} has a view hook and cannot be in LEAN_MIDDLEWARE")
            handler = convert_exception_to_response(middleware)
        self._middleware_chain = handler


class TwoChainApplication:
    """Serve paths under `LEAN_PREFIXES` through the short chain and all others through the full one."""

    def __init__(self) -> None:
        self.full = WSGIHandler()
        self.lean = LeanHandler()
        self.prefixes: tuple[str, ...] = tuple(settings.LEAN_PREFIXES)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        chosen = self.lean if environ.get("PATH_INFO", "").startswith(self.prefixes) else self.full
        return chosen(environ, start_response)
