"""Keyset paging: every page costs the same, a page never shifts under the reader, and counts stop at a cap.

Works on querysets (`keyset_page`) and on anything that can give rows after a key (`page_of`, for raw SQL). A page
costs two queries whatever its place. Cursors are opaque, signed, and bound to the order they were made for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.core.signing import BadSignature, Signer
from django.db.models import Field, Model, Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.utils.functional import cached_property

from core.problems import Problem

T = TypeVar("T")
COUNT_CAP = 10_000
DEFAULT_LIMIT, MOST_LIMIT = 20, 200
LONGEST_CURSOR = 2_000
_SIGNER_SALT = "core.paging"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page: its items, the cursor of the next one or None, and how many there are in all, up to the cap."""

    items: list[T]
    next: str | None
    count: int
    count_capped: bool

    def mapped(self, convert: Callable[[T], Any]) -> Page[Any]:
        """Return the same page with every item converted."""
        return Page([convert(item) for item in self.items], self.next, self.count, self.count_capped)

    def as_dict(self) -> dict[str, Any]:
        return {"items": self.items, "next": self.next, "count": self.count, "count_capped": self.count_capped}


class CappedPaginator(Paginator):
    """The admin's paginator whose count stops at the cap: a list of millions costs what a list of thousands does."""

    @cached_property
    def count(self) -> int:
        rows = self.object_list
        return rows.order_by()[:COUNT_CAP].count() if isinstance(rows, QuerySet) else len(rows)


class KeysetSource(Protocol[T]):
    """What `page_of` needs of rows that are no queryset; see `after_sql` for the condition."""

    def rows(self, after: tuple[Any, ...] | None, limit: int) -> Sequence[T]: ...

    def key(self, row: T) -> tuple[Any, ...]: ...

    def count(self, cap: int) -> int: ...


_WRITE: dict[type, tuple[str, Callable[[Any], Any]]] = {
    datetime: ("t", datetime.isoformat),
    date: ("d", date.isoformat),
    Decimal: ("n", str),
    UUID: ("u", str),
}
_READ: dict[str, Callable[[Any], Any]] = {
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
    "u": UUID,
}


def _signer() -> Signer:
    return Signer(salt=_SIGNER_SALT)


def make_cursor(order: Sequence[str], values: Sequence[Any]) -> str:
    """Return the opaque cursor that stands after these values in this order."""
    packed = [[_WRITE[type(v)][0], _WRITE[type(v)][1](v)] if type(v) in _WRITE else v for v in values]
    return _signer().sign_object([",".join(order), packed])


def read_cursor(cursor: str, order: Sequence[str]) -> tuple[Any, ...]:
    """Return the values in a cursor; Problem `bad_cursor` for one that is forged, cut, or made for another order."""
    try:
        if len(cursor) > LONGEST_CURSOR:
            raise ValueError("too long")
        made_for, packed = _signer().unsign_object(cursor)
        values = tuple(_READ[v[0]](v[1]) if isinstance(v, list) else v for v in packed)
        if made_for != ",".join(order) or len(values) != len(order):
            raise ValueError("another order")
    except (BadSignature, ValueError, KeyError, TypeError, IndexError, ArithmeticError, EOFError):
        raise Problem(
            "bad_cursor",
            "翻页标记 cursor 无效，或不是本列表、本排序给出的",
            field="cursor",
            remedy="去掉 cursor 从第一页重新查询，再用返回的 next 翻页",
        ) from None
    return values


def read_limit(text: str | int | None, *, default: int = DEFAULT_LIMIT, most: int = MOST_LIMIT) -> int:
    """Return the page size asked for; Problem `bad_parameter` names `limit` when it is no whole number in range."""
    if text is None or text == "":
        return default
    try:
        limit = int(text)
    except ValueError:
        limit = 0
    if not 1 <= limit <= most:
        raise Problem("bad_parameter", f"limit 应为 1 至 {most} 的整数", field="limit", remedy="修改每页条数")
    return limit


def keyset_page(
    queryset: QuerySet[Any],
    *,
    order: Sequence[str],
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cap: int = COUNT_CAP,
) -> Page[Any]:
    """Return the page of the queryset that stands after the cursor; two queries.

    `order` names fields, `-` for descending, directions may be mixed; the primary key is added where the order does
    not end in it. Nulls stand where PostgreSQL puts them: last ascending, first descending.
    """
    full = _with_key(queryset.model, order)
    rows = queryset.order_by(*full)
    if cursor:
        rows = rows.filter(_after(queryset, full, read_cursor(cursor, full)))
    found = list(rows[: limit + 1])
    items = found[:limit]
    following = make_cursor(full, [_value(items[-1], name) for name in full]) if len(found) > limit else None
    counted = queryset.order_by()[: cap + 1].count()
    return Page(items, following, min(counted, cap), counted > cap)


def page_of(
    source: KeysetSource[T],
    *,
    order: Sequence[str],
    cursor: str | None = None,
    limit: int = DEFAULT_LIMIT,
    cap: int = COUNT_CAP,
) -> Page[T]:
    """Return the page of any source of ordered rows that stands after the cursor."""
    after = read_cursor(cursor, order) if cursor else None
    found = list(source.rows(after, limit + 1))
    items = found[:limit]
    following = make_cursor(order, source.key(items[-1])) if len(found) > limit else None
    counted = source.count(cap + 1)
    return Page(items, following, min(counted, cap), counted > cap)


def after_sql(order: Sequence[str], values: Sequence[Any]) -> tuple[str, list[Any]]:
    """Return an SQL condition, and its parameters, for rows that stand after these values.

    `order` names columns that are never null, `-` for descending. The names go into the SQL as they are: they come
    from code, never from a request.
    """
    branches, parameters = [], []
    for place, name in enumerate(order):
        column, sign = (name[1:], "<") if name.startswith("-") else (name, ">")
        equal = [f"{before.lstrip('-')} = %s" for before in order[:place]]
        branches.append("(" + " AND ".join([*equal, f"{column} {sign} %s"]) + ")")
        parameters += [*values[:place], values[place]]
    first, bound = order[0].lstrip("-"), "<=" if order[0].startswith("-") else ">="
    return f"({first} {bound} %s AND ({' OR '.join(branches)}))", [values[0], *parameters]


def _with_key(model: type[Model], order: Sequence[str]) -> tuple[str, ...]:
    key = model._meta.pk.name
    if order and order[-1].lstrip("-") in ("pk", key):
        return tuple(order)
    return (*order, f"-{key}" if order and order[-1].startswith("-") else key)


def _value(item: Any, name: str) -> Any:
    path = name.lstrip("-")
    if isinstance(item, Mapping):
        return item[path]
    for step in path.split(LOOKUP_SEP):
        item = getattr(item, step)
    return item


def _nullable(queryset: QuerySet[Any], path: str) -> bool:
    """Return whether the ordered value can be null; an annotation may always be."""
    if path in queryset.query.annotations:
        return True
    options = queryset.model._meta
    for step in path.split(LOOKUP_SEP):
        if step == "pk":
            return False
        try:
            field = options.get_field(step)
        except FieldDoesNotExist:
            return True
        if getattr(field, "null", True):
            return True
        if field.is_relation and field.related_model is not None and isinstance(field, Field):
            options = field.related_model._meta
    return False


def _beyond(path: str, value: Any, *, descending: bool, nullable: bool) -> Q | None:
    """Return the condition "stands strictly after value in this one column", or None where nothing does."""
    if value is None:
        return Q(**{f"{path}__isnull": False}) if descending else None
    if descending:
        return Q(**{f"{path}__lt": value})
    later = Q(**{f"{path}__gt": value})
    return later | Q(**{f"{path}__isnull": True}) if nullable else later


def _same(path: str, value: Any) -> Q:
    return Q(**{f"{path}__isnull": True}) if value is None else Q(**{path: value})


def _after(queryset: QuerySet[Any], order: Sequence[str], values: Sequence[Any]) -> Q:
    condition = Q(pk__in=[])
    equal = Q()
    for name, value in zip(order, values, strict=True):
        path, descending = name.lstrip("-"), name.startswith("-")
        beyond = _beyond(path, value, descending=descending, nullable=_nullable(queryset, path))
        if beyond is not None:
            condition |= equal & beyond
        equal &= _same(path, value)
    first, descending = order[0].lstrip("-"), order[0].startswith("-")
    if values[0] is None or _nullable(queryset, first):
        return condition
    # A plain bound on the leading column, implied by the rest, is what lets PostgreSQL start inside the index.
    return Q(**{f"{first}__{'lte' if descending else 'gte'}": values[0]}) & condition
