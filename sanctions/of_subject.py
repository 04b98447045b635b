"""The listings of a subject on its page: those in the officer's scope and those that the public sees today."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.html import format_html

from core import clock
from core.actors import Actor
from organizations.acts.pages import Row, address
from organizations.acts.words import zh
from sanctions.consulting import NO_MEASURE
from sanctions.models import ExternalListing, Listing
from sanctions.selectors import contested_among, public_listings
from sanctions.templatetags.workbench import last_day, listing_chip, polarity_chip
from subjects.models import Subject
from subjects.page_sections import Part, linkable, under


def _rows(actor: Actor, subject: Subject, keys: Sequence[int]) -> QuerySet[Any]:
    day = clock.today()
    own = Listing.objects.filter(subject__in=keys)
    seen = Q(pk__in=Listing.objects.visible_to(actor).filter(subject__in=keys).values("pk"))
    if not subject.is_person:
        seen |= Q(pk__in=public_listings(day).filter(subject__in=keys).order_by().values("pk"))
    rows = (
        own.filter(seen)
        .with_state_on(day)
        .select_related("revision__entry", "determination__lead_unit", "case_subject")
    )
    found: QuerySet[Any] = rows.prefetch_related("pauses", "amendments")
    return found


def _shown(actor: Actor, items: Sequence[Any]) -> list[Row]:
    open_to_me = linkable(Listing.objects.visible_to(actor), items)
    contested = contested_among(items)
    return [
        Row(
            (
                under(
                    format_html('<a href="{}">{}</a>', address(row), _title(row))
                    if row.pk in open_to_me
                    else _title(row),
                    row.determination.lead_unit.short_name,
                ),
                polarity_chip(row),
                under(listing_chip(row), contested.get(row.pk, "")),
                under(f"{zh(row.starts_on)}起", f"最后一天 {last_day(row)}"),
            )
        )
        for row in items
    ]


def _title(row: Listing) -> str:
    return f"{row.revision.entry.code} {row.revision.title}"


LISTINGS = Part(
    key="listings",
    title="联合奖惩认定",
    head=("事项", "类别", "今天", "起止"),
    seen_by=frozenset(
        {"sanctions.case.see_all", "sanctions.case.draft", "sanctions.case.accept", "subjects.subject.view"}
    ),
    rows=_rows,
    order=("-starts_on", "-id"),
    shown=_shown,
    empty="没有本岗位可以查看的认定，今天也没有公开的认定",
)


def _external(actor: Actor, subject: Subject, keys: Sequence[int]) -> QuerySet[Any]:
    return ExternalListing.objects.filter(subject__in=keys).select_related("register")


def _external_rows(actor: Actor, items: Sequence[Any]) -> list[Row]:
    return [
        Row(
            (
                under(format_html('<a href="{}">{}</a>', address(row), row.list_name), row.source_number),
                under(row.source, row.authority),
                under(zh(row.listed_on), f"{zh(row.received_on)}接收"),
                under(f"来源{zh(row.ended_on)}退出", row.end_note) if row.ended_on else NO_MEASURE,
            )
        )
        for row in items
    ]


EXTERNAL = Part(
    key="external",
    title="外部名单",
    head=("名单", "来源", "列入", "状态"),
    seen_by=frozenset(
        {"sanctions.case.see_all", "sanctions.case.draft", "sanctions.case.accept", "subjects.subject.view"}
    ),
    rows=_external,
    order=("-listed_on", "-id"),
    shown=_external_rows,
    empty="没有从别处收到的名单记录",
)
