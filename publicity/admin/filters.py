"""Filters of the lists of decisions: what the public sees today, by which unit, due when, decided when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from core import clock
from core.actors import Actor
from core.api.actors import actor_of
from organizations.models import Organization
from publicity.enums import PENDING, Scope, State
from publicity.models.quality import SEE_ALL, SEE_DISTRICT, of_units
from publicity.selectors import is_visible
from sanctions.admin import todo


def units_seen(actor: Actor) -> list[tuple[str, str]]:
    """Return the units among which an officer of several may choose; none for one who sees only its own."""
    if not (actor.may(SEE_ALL) or actor.may(SEE_DISTRICT)):
        return []
    rows = Organization.objects.filter(of_units(actor), uscc__isnull=False).order_by("sort", "code")
    return [(row.code, row.short_name or row.name) for row in rows]


class UnitFilter(SimpleListFilter):
    title = "报送单位"
    parameter_name = "unit"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return units_seen(actor_of(request))

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(unit__code=self.value()) if self.value() else queryset


class TodayFilter(SimpleListFilter):
    """What the public sees of it today, by the one condition."""

    title = "今天"
    parameter_name = "today"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("shown", "公众可见"), ("deferred", "暂缓公开"), ("closed", "不予公开"), ("ended", "已停止公示"),
            ("contested", "异议中"), ("changed", "决定已变动待撤下"),
        ]  # fmt: skip

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        today = clock.today()
        passed = Q(state=State.PASSED)
        over = Q(last_public_day__lt=today) | Q(ended_from__lte=today)
        conditions = {
            "shown": is_visible(today),
            "deferred": Q(scope=Scope.DEFERRED) & (Q(state__in=PENDING) | passed & Q(visible_from__gt=today)),
            "closed": Q(scope=Scope.NOT_OPEN) & (Q(state__in=PENDING) | passed),
            "ended": passed & over & ~Q(scope=Scope.NOT_OPEN) | Q(state=State.WITHDRAWN),
            "contested": Q(contested_on__isnull=False),
            "changed": passed & ~Q(change_ground=""),
        }
        asked = self.value()
        return queryset.filter(conditions[asked]) if asked in conditions else queryset


class DueFilter(todo.DueFilter):
    """By the day by which a decision that is not public yet should be."""

    title = "应公示日"

    def narrowed(self, queryset: QuerySet[Any], bounds: dict[str, Any]) -> QuerySet[Any]:
        return queryset.filter(**bounds, state__in=PENDING, version=1)


class DecidedFilter(SimpleListFilter):
    """By the age of the decision."""

    title = "决定日期"
    parameter_name = "decided"
    DAYS = (("7", "近7日"), ("31", "近31日"), ("92", "近三个月"), ("366", "近一年"))

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.DAYS)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in dict(self.DAYS):
            return queryset
        return queryset.filter(decided_on__gt=clock.today() - timedelta(days=int(self.value() or 0)))
