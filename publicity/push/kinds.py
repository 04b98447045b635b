"""What is pushed: each kind says what another system should hold of it on a day, and as what its rows leave.

Filled here with the two tables of double publicity, and from AppConfig.ready() by the floors above.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, CharField, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, NullIf

from core.actors import Actor
from publicity.enums import RecordKind
from publicity.models import NATURAL_KEY
from publicity.searching import found_among
from publicity.selectors import MODELS, public_document, publicly_visible

MOST_FOUND = 500
Aggregates = Sequence[str]


def itself(aggregates: Aggregates) -> Iterable[str]:
    """Return the records that events are about, where the aggregate is the record."""
    return aggregates


def nothing(_typed: str) -> Iterable[str]:
    """Find nothing: officers look such records up in their own lists."""
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """One table of what is pushed.

    rows: what another system should hold on the day; documents: as what rows leave, plain JSON values that depend on
    no other day than the rows do. day, unit: paths to the day it is filed under and to the unit that reported it;
    number, changing, replaces: expressions for what officers call it, for what may change while the record stays, and
    for the record whose place it takes. events: how the aggregates of events, by the beginning of their type, lead to
    rows. page, find: the record for its own page, and the records that a search of officers means.
    """

    name: str
    label: str
    table: str
    profile: str
    rows: Callable[[date], QuerySet[Any]]
    documents: Callable[[Sequence[Any]], list[dict[str, Any]]]
    day: str
    unit: str
    number: Any
    page: Callable[[Actor, str], Any]
    changing: Any = field(default_factory=lambda: Value("", CharField()))
    replaces: Any = field(default_factory=lambda: Value("", CharField()))
    events: Mapping[str, Callable[[Aggregates], Iterable[str]]] = field(default_factory=dict)
    find: Callable[[str], Iterable[str]] = nothing

    def seen(self, day: date, among: Q | None = None) -> QuerySet[Any]:
        """Return what another system should hold on the day, or some of it, as the columns that enrolling needs."""
        rows = self.rows(day).order_by().select_related(None).filter(among or Q())
        return rows.values(
            push_uid=F("public_id"),
            push_unit=F(self.unit),
            push_number=self.number,
            push_day=F(self.day),
            push_changing=self.changing,
            push_replaces=self.replaces,
        )

    def dated(self, day: date) -> QuerySet[Any]:
        """Return the rows with the day they are filed under and the code of their unit."""
        return self.rows(day).annotate(push_day=F(self.day), push_unit=unit_code(self.unit))


def unit_code(path: str) -> Any:
    """Return, as an expression, the code by which both sides name the unit at the end of a path."""
    return Coalesce(NullIf(F(f"{path}__uscc"), Value("")), F(f"{path}__code"), Value(""), output_field=CharField())


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind; called once, from here or from AppConfig.ready()."""
    _kinds[kind.name] = kind


def kind_named(name: str) -> Kind:
    return _kinds[name]


def labels() -> dict[str, str]:
    """Return the words for every kind that is pushed."""
    return {name: kind.label for name, kind in _kinds.items()}


def label_of(name: str) -> str:
    """Return the word for a kind; for one that nobody registers any more, its code."""
    kind = _kinds.get(name)
    return kind.label if kind is not None else name


def changing(kind: str) -> Func:
    """Return what of a licence or penalty may change while its content does not, as one text."""
    parts: list[Any] = []
    names = ["contested_on", "last_public_day", *(["severity"] if kind == RecordKind.PENALTY else [])]
    for name in names:
        parts += [Coalesce(Cast(F(name), CharField()), Value("")), Value("/")]
    return Concat(*parts, output_field=CharField())


def replaced(kind: str) -> Case:
    """Return the public id of the version that was passed before, whose place this one takes."""
    same = {name: OuterRef(name) for name in NATURAL_KEY}
    before = MODELS[kind].objects.filter(**same, version__lt=OuterRef("version"), passed_on__isnull=False)
    newest = Subquery(before.order_by("-version").values("public_id")[:1])
    return Case(When(version__gt=1, then=Coalesce(newest, Value(""))), default=Value(""), output_field=CharField())


def _disclosed(kind: str, table: str, profile: str) -> Kind:
    def page(actor: Actor, uid: str) -> Any:
        return MODELS[kind].objects.visible_to(actor).filter(public_id=uid).first()

    def find(typed: str) -> Iterable[str]:
        found = found_among(MODELS[kind].objects.all(), typed)
        return found.order_by().values_list("public_id", flat=True)[:MOST_FOUND]

    return Kind(
        name=kind,
        label=str(RecordKind(kind).label),
        table=table,
        profile=profile,
        rows=lambda day: publicly_visible(day, kind),
        documents=lambda rows: [public_document(row) for row in rows],
        day="decided_on",
        unit="unit",
        number=F("document_number"),
        page=page,
        changing=changing(kind),
        replaces=replaced(kind),
        events={"disclosure.": itself},
        find=find,
    )


register(_disclosed(RecordKind.LICENCE.value, "LIC", "licences/2018"))
register(_disclosed(RecordKind.PENALTY.value, "PEN", "penalties/2018"))
