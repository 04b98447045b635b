"""What an officer changes for himself: the assignment acted under, the password; and old password hashes."""

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from core.actors import acting
from organizations import selectors
from organizations.enums import Role
from organizations.models import Officer
from tests.factories.organizations import KEEPER, PASSWORD, make_assignment, make_officer
from tests.support.workbench import OfficerClient

NEW = "Another-Pass-77"

pytestmark = pytest.mark.django_db


def signed_in(officer: Officer) -> Client:
    client = OfficerClient()
    assert client.login(request=RequestFactory().get("/"), username=officer.username, password=PASSWORD)
    return client


def test_switch_changes_what_the_admin_opens():
    first = make_assignment(Role.OFFICE, "fgw")
    second = make_assignment(Role.HANDLER, "rsj", officer=first.officer)
    client = signed_in(first.officer)
    experts = reverse("admin:organizations_expert_changelist")
    assert client.get(experts).status_code == 200
    switch = reverse("organizations:switch-assignment")
    assert client.get(switch).status_code == 405
    answer = client.post(switch, {"assignment": second.public_id, "next": "https://example.org/"})
    assert answer.headers["Location"] == reverse("admin:index")
    assert client.get(experts).status_code == 403
    client.post(switch, {"assignment": make_assignment(Role.AUDIT_ADMIN, "fgw").public_id})
    assert client.get(experts).status_code == 403


def test_first_password_must_be_changed_before_anything_else():
    officer = make_officer(must_change_password=True)
    make_assignment(Role.HANDLER, "rsj", officer=officer)
    client = signed_in(officer)
    change = reverse("admin:password_change")
    assert client.get(reverse("admin:index")).headers["Location"] == change
    assert client.get(change).status_code == 200
    passwords = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    weak = {**passwords, "new_password1": "12345678", "new_password2": "12345678"}
    assert client.post(change, weak).status_code == 200
    assert client.post(change, passwords).status_code == 302
    assert client.get(reverse("admin:index")).status_code == 200
    officer.refresh_from_db()
    assert officer.check_password(NEW)
    assert officer.history.latest().history_actor["key"] == officer.public_id


def test_anonymous_request_costs_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Client().get(reverse("admin:login")).status_code == 200


def test_old_hash_is_renewed_at_sign_in_with_an_actor_in_history():
    officer = make_officer()
    old = make_password(PASSWORD, hasher="default")
    with override_settings(
        PASSWORD_HASHERS=[
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
            "django.contrib.auth.hashers.MD5PasswordHasher",
        ]
    ):
        with acting(KEEPER, "test"):
            Officer.objects.filter(pk=officer.pk).update(password=old)
        officer = Officer.objects.get(pk=officer.pk)
        assert officer.check_password(PASSWORD)
        renewed = Officer.objects.get(pk=officer.pk)
        assert renewed.password.startswith("pbkdf2")
        assert renewed.history.latest().history_actor["key"] == "sign-in"
        assert not renewed.check_password("wrong")


def test_no_superuser_by_any_command():
    with pytest.raises(NotImplementedError):
        Officer.objects.create_superuser(username="root", password=PASSWORD)
    assert selectors.actor_for(make_officer()).permissions == frozenset()
