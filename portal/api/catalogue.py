"""The public catalogue: `GET /api/v1/public/catalogue`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import clock
from core.api.lean import LeanView
from core.api.params import Param
from core.paging import Page
from portal import selectors
from portal.api.shapes import ENTRY, POLARITIES


class CatalogueView(LeanView):
    """The entries in force on a day, each with its law, measures and units."""

    summary = "查询目录清单"
    description = "指定日（默认今日）有效的联合奖惩事项，按事项编码排列。清单之外不得实施联合奖惩。"
    tags = ("公共查询",)
    operation = "public_catalogue"
    public = True
    paged = True
    params = (
        Param("on", "date", "哪一日有效；不填为今日"),
        Param("kind", label="事项类别；不填为全部", choices=POLARITIES),
        Param("q", label="事项编码，或事项名称、领域、事由中的词，空格分隔", limit=100),
    )
    response = ENTRY

    def get(self, request: HttpRequest, query: dict[str, Any]) -> Page[dict[str, Any]]:
        return selectors.catalogue_page(
            query["on"] or clock.today(),
            polarity=query["kind"],
            q=query["q"],
            cursor=query["cursor"],
            limit=query["limit"],
        )
