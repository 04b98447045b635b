"""DRF pages by key, in the form that every list of the house has."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.params import PAGING
from core.api.shapes import page_schema
from core.paging import Page, keyset_page, read_limit


class KeysetPagination(BasePagination):
    """Pages of `{items, next, count, count_capped}`; the view states `ordering`, a tuple of field names."""

    page: Page[Any]

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order: Any = getattr(view, "ordering", None) or queryset.query.order_by or ("pk",)
        self.page = keyset_page(
            queryset,
            order=[order] if isinstance(order, str) else list(order),
            cursor=request.query_params.get("cursor"),
            limit=read_limit(request.query_params.get("limit")),
        )
        return self.page.items

    def get_paginated_response(self, data: Any) -> Response:
        page = self.page
        return Response({"items": data, "next": page.next, "count": page.count, "count_capped": page.count_capped})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return page_schema(schema)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        found = []
        for param in PAGING:
            schema = param.schema()
            description = schema.pop("description", "")
            found.append(
                {"name": param.name, "in": "query", "required": False, "description": description, "schema": schema}
            )
        return found
