"""Public lists: `GET /api/v1/public/listings`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from core import clock
from core.api.lean import LeanView
from core.api.params import Param
from core.paging import Page
from portal import selectors
from portal.api.shapes import LISTING, POLARITIES


class ListingsView(LeanView):
    """What is in force or paused today, newest first; natural persons never stand here."""

    summary = "查询守信激励和失信惩戒名单"
    description = "今日实施中或者暂停的列入，新的在前。只有法人和非法人组织；已移出、已撤销的不再公示。"
    tags = ("公共查询",)
    operation = "public_listings"
    public = True
    paged = True
    params = (Param("kind", label="名单类别；不填为全部", choices=POLARITIES),)
    response = LISTING

    def get(self, request: HttpRequest, query: dict[str, Any]) -> Page[dict[str, Any]]:
        return selectors.listing_page(clock.today(), query["kind"], cursor=query["cursor"], limit=query["limit"])
