"""The decisions about a subject on its page: those in the officer's scope and those that the public sees today."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.html import format_html

from core import clock
from core.actors import Actor
from organizations.acts.pages import Row, address
from organizations.acts.words import zh
from publicity.enums import RecordKind, State
from publicity.selectors import MODELS, NEWEST_FIRST, publicly_visible
from publicity.words import ends_words, whole_state
from subjects.models import Subject
from subjects.page_sections import Part, linkable, under

LEFT = (State.SUPERSEDED, State.RETURNED, State.RECALLED)  # versions that say nothing any more
KEYS = {RecordKind.LICENCE.value: "licences", RecordKind.PENALTY.value: "penalties"}
SEEN_BY = frozenset({"publicity.record.see", "publicity.record.see_all", "subjects.subject.view"})


def _rows_of(kind: str) -> Callable[[Actor, Subject, Sequence[int]], QuerySet[Any]]:
    def rows(actor: Actor, subject: Subject, keys: Sequence[int]) -> QuerySet[Any]:
        about = MODELS[kind].objects.filter(subject__in=keys).exclude(state__in=LEFT)
        seen = Q(pk__in=MODELS[kind].objects.visible_to(actor).filter(subject__in=keys).values("pk"))
        if not subject.is_person:
            public = publicly_visible(clock.today(), kind).filter(subject__in=keys)
            seen |= Q(pk__in=public.order_by().select_related(None).values("pk"))
        found: QuerySet[Any] = about.filter(seen).select_related("unit")
        return found

    return rows


def _shown_of(kind: str) -> Callable[[Actor, Sequence[Any]], list[Row]]:
    def shown(actor: Actor, items: Sequence[Any]) -> list[Row]:
        open_to_me = linkable(MODELS[kind].objects.visible_to(actor), items)
        return [
            Row(
                (
                    under(
                        format_html('<a href="{}">{}</a>', address(row), row.document_number)
                        if row.pk in open_to_me
                        else row.document_number,
                        row.kinds_text if kind == RecordKind.PENALTY else row.licence_kind,
                    ),
                    under(row.authority_name, zh(row.decided_on)),
                    whole_state(row),
                    ends_words(row),
                )
            )
            for row in items
        ]

    return shown


def part(kind: str) -> Part:
    """Return the part of the page for one kind of decision."""
    label = RecordKind(kind).label
    return Part(
        key=KEYS[kind],
        title=label,
        head=("文书号", "决定", "今天", "公示至"),
        seen_by=SEEN_BY,
        rows=_rows_of(kind),
        order=NEWEST_FIRST,
        shown=_shown_of(kind),
        empty=f"没有本岗位可以查看的{label}，今天也没有公示的{label}",
    )


PARTS = tuple(part(kind) for kind in (RecordKind.PENALTY.value, RecordKind.LICENCE.value))
