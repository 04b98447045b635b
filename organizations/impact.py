"""What hangs on a unit: shown before it is merged, split or dissolved; higher floors add what they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from django.db.models import Q

from organizations.models import ApiClient, Assignment, Organization, WorkingGroup


@dataclass(frozen=True, slots=True)
class Touched:
    """One thing that hangs on the unit; a serious one cannot go on as it is."""

    name: str
    effect: str = ""
    link: str = ""
    is_serious: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """Things of one kind that hang on the unit: how many, what becomes of them, and each one where that helps."""

    title: str
    count: int
    effect: str
    rows: Sequence[Touched] = ()

    @property
    def serious(self) -> list[Touched]:
        return [row for row in self.rows if row.is_serious]

    @property
    def others(self) -> list[Touched]:
        return [row for row in self.rows if not row.is_serious]


Contributor = Callable[[Organization, date], Iterable[Part]]
_contributors: list[Contributor] = []


def register(contributor: Contributor) -> Contributor:
    """Let a higher floor add its parts to every preview; called once from AppConfig.ready()."""
    if contributor not in _contributors:
        _contributors.append(contributor)
    return contributor


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that hangs on a unit on a day."""

    unit: Organization
    on: date
    parts: tuple[Part, ...]

    @property
    def touched(self) -> list[Part]:
        return [part for part in self.parts if part.count]

    @property
    def untouched(self) -> list[Part]:
        return [part for part in self.parts if not part.count]

    @property
    def serious(self) -> int:
        return sum(len(part.serious) for part in self.parts)

    @property
    def fingerprint(self) -> str:
        """Return a short digest of what is shown: two previews have the same one only where they say the same."""
        return sha256(repr(self.parts).encode()).hexdigest()[:16]


def preview(unit: Organization, on: date) -> Preview:
    """Return what ending the unit on the day would touch; writes nothing."""
    own = _own(unit, on)
    more = [part for contributor in _contributors for part in contributor(unit, on)]
    return Preview(unit, on, (*own, *more))


def _own(unit: Organization, on: date) -> list[Part]:
    jobs = Assignment.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), organization=unit, is_void=False)
    clients = ApiClient.objects.filter(organization=unit, is_active=True)
    led = WorkingGroup.objects.filter(Q(lead_unit=unit) | Q(co_lead_unit=unit))
    joined = WorkingGroup.objects.filter(memberships__organization=unit)
    offices = unit.credit_office_of.all()
    children = unit.children.all()
    return [
        Part(
            "在任岗位",
            jobs.count(),
            "自办理日起终止，需要的由安全管理员在承继单位重新授予",
            [
                Touched(f"{row.officer.full_name}（{row.get_role_display()}）")
                for row in jobs.select_related("officer").order_by("role", "pk")
            ],
        ),
        Part("接口客户端", clients.count(), "立即停用", [Touched(row.name) for row in clients.order_by("pk")]),
        Part(
            "牵头的专项小组",
            led.count(),
            "并入的随之转由承继单位牵头；分立、撤销的须先由联席办调整",
            [Touched(row.name) for row in led.order_by("pk")],
        ),
        Part(
            "参加的专项小组", joined.count(), "并入的转给承继单位", [Touched(row.name) for row in joined.order_by("pk")]
        ),
        Part(
            "信用工作机构",
            offices.count(),
            "并入的转给承继单位；分立、撤销的须先另行指定",
            [Touched(row.name) for row in offices.order_by("code")],
        ),
        Part(
            "下级单位",
            children.count(),
            "并入的改属承继单位",
            [Touched(row.name) for row in children.order_by("sort", "code")],
        ),
    ]
