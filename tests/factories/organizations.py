"""Units, officers and experts for tests, made through the services."""

from datetime import date
from itertools import count

from core import clock
from core.actors import BACKDATE, Actor, acting
from organizations import selectors, services
from organizations.models import Assignment, District, Expert, Officer, Organization, WorkingGroup
from organizations.permissions import PERMISSIONS

PASSWORD = "Test-Passw0rd-9"
KEEPER = Actor.job("test", [*PERMISSIONS, BACKDATE])
LONG_AGO = date(2020, 1, 1)
_numbers = count(1)


def make_unit(code: str | None = None, name: str | None = None, **facts: object) -> Organization:
    """A unit that exists since long ago."""
    number = next(_numbers)
    day = facts.pop("on", LONG_AGO)
    return services.create_organization(
        actor=KEEPER,
        code=code or f"unit{number}",
        name=name or f"示例单位{number}",
        short_name=name or f"示例{number}",
        on=day,
        reason="测试",
        **facts,
    )


def make_officer(username: str | None = None, **facts: object) -> Officer:
    """An account without a job; the password is PASSWORD."""
    number = next(_numbers)
    return services.create_officer(
        actor=KEEPER,
        username=username or f"officer{number}",
        full_name=f"示例人员{number}",
        password=PASSWORD,
        must_change_password=bool(facts.pop("must_change_password", False)),
        **facts,
    )


def make_assignment(
    role: str,
    unit: Organization | str | None = None,
    *,
    officer: Officer | None = None,
    group: WorkingGroup | None = None,
    district: District | None = None,
    valid_from: date | None = LONG_AGO,
    valid_to: date | None = None,
) -> Assignment:
    """A job since long ago, of a fresh officer unless one is given."""
    place = selectors.unit(unit) if isinstance(unit, str) else unit or make_unit()
    starts_on = max(filter(None, [valid_from or clock.today(), place.valid_from]))
    return services.assign_officer(
        actor=KEEPER,
        officer=officer or make_officer(),
        organization=place,
        role=role,
        group=group,
        district=district,
        valid_from=starts_on,
        valid_to=valid_to,
        reason="测试",
    )


def make_actor(role: str, unit: Organization | str | None = None, **facts: object) -> Actor:
    """The Actor of a fresh officer in this role."""
    assignment = make_assignment(role, unit, **facts)
    return selectors.actor_for(assignment.officer, assignment)


def make_expert(*fields: str, employer_unit: Organization | None = None) -> Expert:
    """An expert of these fields."""
    number = next(_numbers)
    return services.add_expert(
        actor=KEEPER,
        name=f"示例专家{number}",
        employer=employer_unit.name if employer_unit else f"示例机构{number}",
        employer_unit=employer_unit,
        fields=fields or ("law",),
    )


def edited_by_hand(record: object, **changes: object) -> None:
    """Change a row as an officer's act would, outside the loader."""
    with acting(KEEPER, "test.edit"):
        for field, value in changes.items():
            setattr(record, field, value)
        record.save()
