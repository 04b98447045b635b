"""Accounts and assignments: system administrators make accounts, security administrators give jobs."""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Q

from core import clock
from core.actors import Actor, acting, settled_day
from core.permissions import require
from core.problems import Violation, refuse
from organizations import rules, selectors
from organizations.enums import Role
from organizations.models import Assignment, District, Officer, Organization, SignIn, WorkingGroup
from organizations.models.officers import USERNAME_SHAPE
from organizations.permissions import ASSIGNMENT_GRANT, OFFICER_MANAGE
from organizations.services import administrators


def create_officer(
    *,
    actor: Actor,
    username: str,
    full_name: str,
    password: str,
    must_change_password: bool = True,
    reason: str = "",
) -> Officer:
    """Open an account without any right. Needs 建立账号; refuses ORG-12 (username), ORG-13 (password)."""
    require(actor, OFFICER_MANAGE)
    with acting(actor, "organizations.officer.create", reason=reason):
        made = Officer(username=username, full_name=full_name.strip(), must_change_password=must_change_password)
        taken = Officer.objects.filter(username__iexact=username).exists()
        refuse(
            [
                *rules.username_free(username, taken, re.match(USERNAME_SHAPE, username) is not None),
                *_password_fits(password, made),
            ]
        )
        made.set_password(password)
        made.save()
        return made


def _password_fits(password: str, officer: Officer) -> list[Violation]:
    try:
        validate_password(password, officer)
    except ValidationError as error:
        return rules.password_fit(error.messages)
    return []


def set_password(
    *, actor: Actor, officer: Officer, password: str, must_change_password: bool = False, reason: str = ""
) -> Officer:
    """Set a password: one's own, or that of another, who must then change it.

    Another's needs 建立账号; that of one of the three administrators needs 重置其他管理员的密码, which only security
    administrators hold. Refuses ORG-13, also for the password now in use.
    """
    own = actor.officer_id == officer.pk
    with acting(actor, "organizations.officer.password", reason=reason):
        row = Officer.objects.select_for_update().get(pk=officer.pk)
        if not own:
            administrators.require_reset(actor, row)
        refuse([*_password_fits(password, row), *rules.password_is_new(check_password(password, row.password))])
        row.set_password(password)
        row.must_change_password = must_change_password or (not own and actor.is_person)
        row.save(update_fields=["password", "must_change_password"])
        return row


def update_officer(*, actor: Actor, officer: Officer, full_name: str, reason: str = "") -> Officer:
    """Correct an officer's name. Needs 建立账号."""
    require(actor, OFFICER_MANAGE)
    with acting(actor, "organizations.officer.update", reason=reason):
        row = Officer.objects.select_for_update().get(pk=officer.pk)
        row.full_name = full_name.strip()
        row.save(update_fields=["full_name"])
        return row


def set_officer_active(*, actor: Actor, officer: Officer, active: bool, reason: str) -> Officer:
    """Close an account at once, or open it again. Needs 建立账号 and a reason; refuses ORG-09 for one's own, ORG-17,
    ORG-19.
    """
    require(actor, OFFICER_MANAGE)
    act = "organizations.officer.activate" if active else "organizations.officer.close"
    with acting(actor, act, reason=reason), administrators.one_remains(clock.today()):
        row = Officer.objects.select_for_update().get(pk=officer.pk)
        refuse([*rules.reason_given(reason), *rules.not_to_oneself(actor.officer_id, row.pk)])
        row.is_active = active
        row.save(update_fields=["is_active"])
        return row


def _may_hold(officer: Officer, job: rules.Held) -> list[Violation]:
    """Check a job against the account and what it holds in the same period."""
    rows = Assignment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=job.span.start), officer=officer, is_void=False
    )
    held = [
        rules.Held(
            row.role, row.organization_id, row.group_id, row.district_id, rules.Span(row.valid_from, row.valid_to)
        )
        for row in rows
    ]
    return [
        *rules.three_administrators(job.role, job.span, held),
        *rules.not_twice(job, held),
        *rules.account_open(officer.username, officer.is_active),
    ]


def _has_counterpart(
    unit: Organization, role: str, group: WorkingGroup | None, district: District | None
) -> list[Violation]:
    return rules.counterpart_named(
        role,
        unit.pk,
        group.leading_unit_ids if group is not None else None,
        group is not None and group.is_office,
        district.credit_office_id if district is not None else None,
    )


def assign_officer(
    *,
    actor: Actor,
    officer: Officer,
    organization: Organization,
    role: str,
    group: WorkingGroup | None = None,
    district: District | None = None,
    valid_from: date | None = None,
    valid_to: date | None = None,
    reason: str = "",
) -> Assignment:
    """Give an officer a job in a unit from `valid_from` (today) to `valid_to` (open), both in force.

    Needs 授予岗位. Refuses ORG-01 (三员互斥), ORG-02 (unit does not exist then), ORG-07 (group or district missing or not
    this unit's), ORG-08 (already given), ORG-09 (to oneself), ORG-10 (period), ORG-11 (account closed). A start in
    the past
    needs the backdating permission and a reason.
    """
    require(actor, ASSIGNMENT_GRANT)
    today = clock.today()
    starts_on = valid_from or today
    day = settled_day(actor, min(starts_on, today), reason)
    span = rules.Span(starts_on, valid_to)
    if role == Role.OFFICE and group is None:
        group = selectors.office_group()
    if role == Role.DISTRICT_CREDIT and district is None:
        district = organization.credit_office_of.first()
    with acting(actor, "organizations.assignment.grant", reason=reason, on=day):
        row = Officer.objects.select_for_update().get(pk=officer.pk)
        unit = Organization.objects.select_for_update().get(pk=organization.pk)
        refuse(rules.period_sane(starts_on, valid_to))
        job = rules.Held(role, unit.pk, group.pk if group else None, district.pk if district else None, span)
        refuse(
            [
                *_may_hold(row, job),
                *rules.unit_takes_assignments(unit.name, unit.valid_from, unit.valid_to, span),
                *_has_counterpart(unit, role, group, district),
                *rules.not_to_oneself(actor.officer_id, row.pk),
            ]
        )
        made = Assignment.objects.create(
            officer=row,
            organization=unit,
            role=role,
            group=group,
            district=district,
            valid_from=starts_on,
            valid_to=valid_to,
            granted_by_id=actor.officer_id,
        )
    officer.forget_assignments()
    return made


def end_assignment(*, actor: Actor, assignment: Assignment, last_day: date | None = None, reason: str) -> Assignment:
    """Take a job back: the officer no longer holds it from today, or after `last_day` where one to come is named.

    Needs 授予岗位 and a reason. One that began today or later is void from the start. Refuses ORG-09, ORG-10, ORG-17,
    ORG-19.
    """
    require(actor, ASSIGNMENT_GRANT)
    today = clock.today()
    ends_on = max(last_day, today) if last_day else today - timedelta(days=1)
    without = ends_on + timedelta(days=1)
    with acting(actor, "organizations.assignment.end", reason=reason), administrators.one_remains(without):
        row = Assignment.objects.select_for_update(of=("self",)).select_related("officer").get(pk=assignment.pk)
        found = [*rules.reason_given(reason), *rules.not_to_oneself(actor.officer_id, row.officer_id)]
        if row.is_void or (row.valid_to is not None and row.valid_to <= ends_on):
            found.append(Violation("ORG-10", "该岗位已经收回或到期", "assignment", "刷新后核对任职期间"))
        refuse(found)
        if row.valid_from > ends_on:
            row.is_void = True
        else:
            row.valid_to = ends_on
        row.save(update_fields=["is_void", "valid_to"])
    assignment.officer.forget_assignments()
    return row


def record_sign_in(*, officer: Officer) -> SignIn:
    """Note that the officer signed in now; not a legal record, needs no act."""
    return SignIn.objects.create(officer=officer)
