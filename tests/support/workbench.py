"""How tests use the workbench: sign in as the officer behind an Actor, open pages, do acts by posting their forms."""

from __future__ import annotations

from typing import Any

from django.test import Client
from django.urls import reverse

from core.actors import Actor
from organizations.models import Officer
from organizations.sessions import ASSIGNMENT_FIELD, CHOSEN
from sanctions.models import Case


class OfficerClient(Client):
    """A browser of an officer: what it posts to the workbench carries the assignment that its pages are shown under."""

    def post(self, path: str, data: Any = None, *args: Any, **kwargs: Any) -> Any:
        if path.startswith(reverse("admin:index")) and not isinstance(data, (str, bytes)):
            data = {ASSIGNMENT_FIELD: self.shown_under()} | dict(data or {})
        return super().post(path, data, *args, **kwargs)

    def shown_under(self) -> str:
        """Return the token that the forms of this session hold now."""
        if chosen := self.session.get(CHOSEN):
            return str(chosen)
        officer = Officer.objects.filter(pk=self.session.get("_auth_user_id")).first()
        current = officer.current_assignments() if officer is not None else []
        return current[0].public_id if current else ""


def signed_in(actor: Actor) -> Client:
    """Return a client signed in as the officer behind the actor."""
    client = OfficerClient()
    client.force_login(Officer.objects.get(pk=actor.officer_id))
    return client


def words(answer: Any) -> str:
    """Return what a page says."""
    return str(answer.content.decode())


def page_of(record: Any) -> str:
    """Return the address of a record's page."""
    return reverse(f"admin:sanctions_{record._meta.model_name}_change", args=[record.public_id])


def act_of(record: Any, name: str, key: str = "") -> str:
    """Return the address of an act on a record."""
    base = f"admin:sanctions_{record._meta.model_name}_act"
    return reverse(f"{base}_on" if key else base, args=[record.public_id, name, *([key] if key else [])])


def do(actor: Actor, record: Any, name: str, key: str = "", **fields: Any) -> Any:
    """Open an act's form as the actor, as a person does, then post it; returns the answer to the post."""
    client, address = signed_in(actor), act_of(record, name, key)
    assert client.get(address).status_code in {200, 302, 403, 404}
    return client.post(address, fields)


def report(subjects: list[dict[str, str]], **fields: str) -> dict[str, str]:
    """Return the posted form that opens a case."""
    data = {
        "entry_code": "CJ-003",
        "act_on": "2026-01-05",
        "recognized_on": "2026-02-20",
        "document_number": "测试罚〔2026〕9号",
        "facts": "拖欠工资，经责令限期支付逾期未支付",
        "subjects-TOTAL_FORMS": str(len(subjects)),
        "subjects-INITIAL_FORMS": "0",
        "subjects-MIN_NUM_FORMS": "1",
        "subjects-MAX_NUM_FORMS": "50",
    } | fields
    for number, row in enumerate(subjects):
        filled = {"role": "entity", "facts": "", "consented_on": ""} | row
        data |= {f"subjects-{number}-{name}": value for name, value in filled.items()}
    return data


def newest_case() -> Case:
    found = Case.objects.order_by("-pk").first()
    assert found is not None
    return found
