"""Outside systems at the door: tokens, signatures, limits, last use, and the log that names nobody."""

from __future__ import annotations

import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core import clock
from core.actors import Actor
from core.api import journal, limits
from core.problems import NotPermitted, Refused
from organizations import calls, selectors, services
from organizations.enums import Role
from organizations.models import ApiClient, ClientNonce, ClientRequest, ClientUse
from subjects.selectors import world_of
from tests.factories.clients import System, system, token_of
from tests.factories.organizations import KEEPER, make_actor, make_assignment
from tests.support.workbench import OfficerClient

pytestmark = pytest.mark.django_db
DOOR = "/api/v1/intake/ABCDEFGH12345678"  # a receipt that does not exist: 404 for whoever may ask


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setitem(limits._blind, "until", 0.0)
    journal._waiting.clear()
    yield
    journal._waiting.clear()
    cache.clear()


def refused(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), answer.content
    document = json.loads(answer.content)
    assert document["code"] == code, document
    assert any("\u4e00" <= letter <= "\u9fff" for letter in document["detail"])
    return document


def with_token(token: str) -> Client:
    return Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"})


def test_a_token_costs_one_query_and_every_reason_to_refuse_it_is_told(django_assert_num_queries: Any) -> None:
    mine = system(scopes=["intake", "checks"])
    with CaptureQueriesContext(connection) as asked:
        assert mine.web.get(DOOR).status_code == 404
    assert sum("oauth2_provider" in query["sql"] or "apiclient" in query["sql"] for query in asked) == 1
    refused(with_token("nobody's").get(DOOR), 401, "AUTH-02")
    refused(with_token("令牌").get(DOOR), 401, "AUTH-02")
    refused(with_token(token_of(mine.row, ["intake"], minutes=-1)).get(DOOR), 401, "AUTH-02")
    narrow = refused(with_token(token_of(mine.row, ["checks"])).post("/api/v1/intake/licences"), 403, "AUTH-01")
    assert "intake:licences" in narrow["detail"]
    ungranted = with_token(token_of(mine.row, ["exchange", "intake"]))
    assert ungranted.get(DOOR).status_code == 404
    services.change_api_client(
        actor=KEEPER, client=mine.row, scopes=["checks"], expires_on=clock.today(), requests_per_minute=None,
        signature_required=False, reason="收回报送",
    )  # fmt: skip
    refused(mine.web.get(DOOR), 403, "AUTH-01")  # the token out there feels it at once
    with clock.at(clock.today() + timedelta(days=1)):
        still = token_of(mine.row, ["checks"])
        assert "到期" in refused(with_token(still).get(DOOR), 401, "AUTH-02")["detail"]
        assert not mine.row.__class__.objects.get(pk=mine.row.pk).is_usable(None)
    services.close_api_client(actor=KEEPER, client=mine.row, reason="下线")
    refused(mine.web.get(DOOR), 401, "AUTH-02")


def ask_token(client: ApiClient, secret: str, scope: str = "") -> Any:
    basic = base64.b64encode(f"{client.client_id}:{secret}".encode()).decode()
    body = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
    return Client().post(reverse("oauth-token"), body, headers={"Authorization": f"Basic {basic}"})


def test_a_rotated_secret_works_on_for_its_overlap_and_no_longer() -> None:
    mine = system(scopes=["intake"])
    token = ask_token(mine.row, mine.secret).json()["access_token"]
    planned = services.rotate_client_secret(actor=KEEPER, client=mine.row, reason="例行更换", overlap_hours=24)
    signed_old = mine.web.get(DOOR, headers=mine.signed("GET", DOOR))
    assert signed_old.status_code == 404
    assert ask_token(planned.client, mine.secret).status_code == ask_token(planned.client, planned.secret).status_code
    assert with_token(token).get(DOOR).status_code == 404
    with clock.at(clock.today() + timedelta(days=2)):
        assert ask_token(planned.client, mine.secret).status_code == 401
        assert ask_token(planned.client, planned.secret).status_code == 200
    leaked = services.rotate_client_secret(actor=KEEPER, client=mine.row, reason="密钥泄露")
    refused(with_token(token).get(DOOR), 401, "AUTH-02")  # tokens had with the leaked secret end too
    assert ask_token(leaked.client, planned.secret).status_code == 401
    assert ask_token(leaked.client, leaked.secret, "exchange").json()["error"] == "invalid_scope"
    kept = ApiClient.objects.get(pk=mine.row.pk)
    assert leaked.secret not in (kept.client_secret, kept.previous_secret)
    assert leaked.secret.encode() not in bytes(kept.signing_key)
    assert not {"client_secret", "previous_secret", "signing_key"} & {
        field.name for field in ApiClient.history.model._meta.get_fields()
    }


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"expires_on": date(2020, 1, 1)}, "ORG-28"),
        ({"expires_on": date(2099, 1, 1)}, "ORG-28"),
        ({"requests_per_minute": 0}, "ORG-29"),
        ({"scopes": []}, "ORG-20"),
    ],
)
def test_ORG_28_29_what_a_client_may_be_granted(facts: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        system(**{"scopes": ["checks"], **facts})
    assert caught.value.code == code
    with pytest.raises(Refused, match="小时"):
        services.rotate_client_secret(actor=KEEPER, client=system().row, reason="更换", overlap_hours=5)
    with pytest.raises(NotPermitted):
        services.rotate_client_secret(
            actor=make_actor(Role.SYSTEM_ADMIN, "fgw"), client=system().row, reason="更换", overlap_hours=0
        )


def test_signatures_missing_wrong_late_replayed_and_of_another_body() -> None:
    mine = system(scopes=["intake"], signature_required=True)
    other = system(scopes=["intake"])
    door, body = "/api/v1/intake/penalties?mode=partial", b"[]"

    def post(content: bytes = body, who: System = mine, **changes: str) -> Any:
        return mine.web.generic(
            "POST", door, content, "application/json", headers=who.signed("POST", door, body, **changes)
        )

    assert "X-Signature" in refused(mine.web.get(DOOR), 401, "AUTH-04")["detail"]
    refused(post(**{"X-Nonce": "short"}), 401, "AUTH-04")
    for hours in (-1, 1):
        moved = str(int((clock.now() + timedelta(hours=hours)).timestamp()))
        assert "服务器时间" in refused(post(**{"X-Timestamp": moved}), 401, "AUTH-06")["detail"]
    refused(post(**{"X-Timestamp": "yesterday"}), 401, "AUTH-06")
    refused(post(**{"X-Signature": "0" * 64}), 401, "AUTH-05")
    refused(post(who=other), 401, "AUTH-05")
    assert not ClientNonce.objects.exists()  # a wrong signature spends no mark and writes nothing
    refused(post(b"[{}]"), 400, "AUTH-08")
    once = mine.signed("POST", door, body)
    first = mine.web.generic("POST", door, body, "application/json", headers=once)
    assert first.status_code not in (401, 403), first.content
    cache.clear()  # the cache may vanish: a mark that was spent stays spent
    again = mine.web.generic("POST", door, body, "application/json", headers=once)
    refused(again, 401, "AUTH-07")
    assert mine.web.get(DOOR, headers=mine.signed("GET", DOOR)).status_code == 404
    refused(mine.web.get(f"{DOOR}?x=1", headers=mine.signed("GET", DOOR)), 401, "AUTH-05")
    refused(other.web.get(DOOR, headers=other.signed("GET", DOOR, **{"X-Signature": "f" * 64})), 401, "AUTH-05")
    with clock.at(clock.today() + timedelta(days=1)):
        assert calls.forget()["nonces"] == ClientNonce.objects.count() + 3


def test_a_client_is_counted_under_itself_by_its_own_number(settings: Any) -> None:
    settings.RATE_LIMITS = {"systems": "3/60"}
    plain, roomy = system(scopes=["intake"]), system(scopes=["intake"], requests_per_minute=5)
    for limit, one in ((3, plain), (5, roomy)):
        answers = [one.web.get(DOOR) for _ in range(limit + 1)]
        assert {answer["RateLimit-Limit"] for answer in answers} == {str(limit)}
        assert [answer.status_code for answer in answers] == [404] * limit + [429]
        assert "安全管理员" in refused(answers[-1], 429, "rate_limited")["remedy"]
    strangers = [with_token("nobody's").get(DOOR).status_code for _ in range(4)]
    assert strangers == [401] * 3 + [429]  # false tokens are counted by address


def test_calls_are_logged_without_personal_data_and_last_use_is_written_once_a_minute() -> None:
    mine = system(scopes=["intake"])
    with CaptureQueriesContext(connection) as asked:
        mine.web.get("/api/v1/intake/510802199001011234?name=张三")
        mine.web.get(DOOR)
    assert not any("INSERT" in query["sql"] or "UPDATE" in query["sql"] for query in asked)
    assert journal.flush() == 2
    kept = ClientRequest.objects.filter(client=mine.row).order_by("pk")
    assert [(row.method, row.route, row.status, row.code) for row in kept] == [
        ("GET", "api/v1/intake/<str:name>", 400, "unknown_parameter"),
        ("GET", "api/v1/intake/<str:name>", 404, "NOT-FOUND"),
    ]
    assert "510802" not in str(list(kept.values()))
    used = ClientUse.objects.get(client=mine.row).last_at
    mine.web.get(DOOR)
    journal.flush()
    assert ClientUse.objects.get(client=mine.row).last_at == used  # within the same minute: no second write
    with clock.at(clock.today() + timedelta(days=185)):
        assert calls.forget()["requests"] == 3


def test_the_log_is_read_by_the_unit_s_system_administrators_and_by_the_auditors_of_all() -> None:
    mine, other = system("rsj", scopes=["intake"]), system("zjj", scopes=["intake"])
    for one in (mine, other):
        one.web.get(DOOR)
    journal.flush()
    log = reverse("admin:organizations_clientrequest_changelist")
    seen = {}
    for role, unit in ((Role.SYSTEM_ADMIN, "rsj"), (Role.AUDIT_ADMIN, "fgw"), (Role.SECURITY_ADMIN, "fgw")):
        officer = OfficerClient()
        officer.force_login(make_assignment(role, unit).officer)
        page = officer.get(log)
        assert page.status_code == 200
        seen[role] = {name for name in (mine.row.name, other.row.name) if name in page.content.decode()}
        record = officer.get(reverse("admin:organizations_apiclient_change", args=[mine.row.public_id]))
        assert "最近请求" in record.content.decode()
    both = {mine.row.name, other.row.name}
    assert seen == {Role.SYSTEM_ADMIN: {mine.row.name}, Role.AUDIT_ADMIN: both, Role.SECURITY_ADMIN: both}
    handler = OfficerClient()
    handler.force_login(make_assignment(Role.HANDLER, "rsj").officer)
    assert handler.get(log).status_code == 403
    assert selectors.visible_requests(make_actor(Role.SYSTEM_ADMIN, "rsj")).count() == 1


def test_a_sandbox_sees_demo_data_only_and_hands_nothing_in(settings: Any) -> None:
    play, real = system(scopes=["intake"], sandbox=True), system(scopes=["intake"])
    refused(play.web.post("/api/v1/intake/licences"), 403, "AUTH-09")
    sandboxed, plain = (
        Actor("client", one.row.public_id, one.row.name, client_id=one.row.pk, sandbox=one.row.sandbox)
        for one in (play, real)
    )
    assert (world_of(sandboxed), world_of(plain), world_of(KEEPER)) == (True, False, None)
    settings.DEMO = True
    assert (world_of(sandboxed), world_of(plain)) == (True, None)
    assert play.web.post("/api/v1/intake/licences").status_code == 400
