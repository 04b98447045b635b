"""DRF views of the house: undeclared query parameters are errors, and limits apply where a view names its door."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from rest_framework.request import Request
from rest_framework.views import APIView

from core.api.actors import introduce
from core.api.journal import note
from core.api.limits import Standing, count_request, too_many
from core.api.params import PAGING, Param, read_query
from core.api.retiring import Retirement


class KnownParameters:
    """Mixin of DRF views: a query parameter that the view does not declare is an error that names it.

    Declared are `params`, those of the filter class or `filterset_fields`, and paging where the view has it.
    `self.query` holds the values of `params`.
    """

    params: tuple[Param, ...] = ()
    rate: str | None = None
    retirement: Retirement | None = None
    query: dict[str, Any]
    started: float
    standing: Standing | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.started = time.perf_counter()
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        for told in (self.standing, self.retirement):
            for name, value in told.headers().items() if told is not None else ():
                response[name] = value
        note(request, response, self.started)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse what is over the rate limit, not permitted or not declared, in this order."""
        stranger = introduce(request._request)
        self.standing = count_request(request._request, self.rate) if self.rate else None
        if self.standing is not None and self.standing.exceeded:
            raise too_many(self.standing)
        if stranger is not None:
            raise stranger
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        others = [Param(name, limit=2000) for name in self._other_parameters()]
        self.query = read_query(request.query_params, [*self.params, *others])

    def _other_parameters(self) -> Iterable[str]:
        own = {param.name for param in self.params}
        names: list[str] = ["format"] if self.__dict__.get("format_kwarg") else []
        if getattr(self, "pagination_class", None) is not None and getattr(self, "detail", None) is not True:
            names += [param.name for param in PAGING]
        filterset = getattr(self, "filterset_class", None)
        names += list(getattr(filterset, "base_filters", ()) or ())
        names += list(getattr(self, "filterset_fields", ()) or ())
        return [name for name in dict.fromkeys(names) if name not in own]


class PlatformView(KnownParameters, APIView):
    """The house's APIView: declare `required_permission` or `public`, and `params`."""
