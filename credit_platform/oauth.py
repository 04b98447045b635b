"""The token door of outside systems: rate-limited, for client credentials."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from oauth2_provider.views import TokenView

from core.api.limits import count_request, too_many
from core.api.responses import problem_response


class LimitedTokenView(TokenView):
    """Issue tokens; refuse an address that asks too often."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        standing = count_request(request, "token")
        if standing is not None and standing.exceeded:
            return problem_response(too_many(standing))
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response
