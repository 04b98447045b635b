"""The token doors of outside systems: rate-limited, for client credentials."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from oauth2_provider.views import RevokeTokenView, TokenView

from core.api.limits import count_request, too_many
from core.api.responses import problem_response


class _Limited:
    """Refuse an address that asks too often, before its secret is looked at; both doors count together."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        view: Callable[..., HttpResponseBase] = super().as_view(**initkwargs)  # type: ignore[misc]
        view.csrf_exempt = True  # type: ignore[attr-defined]  # a system has no cookie; the library's mark is on its own dispatch
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        standing = count_request(request, "token")
        if standing is not None and standing.exceeded:
            refusal = problem_response(too_many(standing))
            for name, value in standing.headers().items():
                refusal[name] = value
            return refusal
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return response


class LimitedTokenView(_Limited, TokenView):
    """Issue tokens."""


class LimitedRevokeView(_Limited, RevokeTokenView):
    """Take tokens back."""
