"""One WSGI application with three middleware chains, chosen by path and method."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.utils.module_loading import import_string

_HOOKS = ("process_view", "process_template_response", "process_exception")
_READING = ("GET", "HEAD")


class LeanHandler(WSGIHandler):
    """Django's handler with the chain of one setting, whose members may only wrap the request."""

    def __init__(self, chain: str = "LEAN_MIDDLEWARE") -> None:
        self._chain: list[str] = getattr(settings, chain)
        super().__init__()

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(self._chain):
            middleware = import_string(path)(handler)
            if any(hasattr(middleware, hook) for hook in _HOOKS):
                raise ImproperlyConfigured(f"{path} has a view hook and cannot be in a short chain")
            handler = convert_exception_to_response(middleware)
        self._middleware_chain = handler


class Application:
    """Serve the API under `LEAN_PREFIXES` and the reading of `PAGES` through short chains, all else through the full one.

    A page that is only read has no session and no form that a token would protect; whatever is posted is no reading.
    """

    def __init__(self) -> None:
        self.full = WSGIHandler()
        self.lean = LeanHandler()
        self.pages = LeanHandler("PAGE_MIDDLEWARE")
        self.prefixes: tuple[str, ...] = tuple(settings.LEAN_PREFIXES)
        self.read: tuple[str, ...] = tuple(settings.PAGE_PREFIXES)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return self.chosen(environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", ""))(environ, start_response)

    def chosen(self, path: str, method: str) -> WSGIHandler:
        """Return the handler with the chain for this request."""
        if path.startswith(self.prefixes):
            return self.lean
        if method in _READING and (path == "/" or path.startswith(self.read)):
            return self.pages
        return self.full
