"""The check page of approval systems: handed over by a token, opened once by a person, framed by one origin alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from oauth2_provider.models import AccessToken

from core import clock
from core.problems import Refused
from organizations import selectors, services
from sanctions.embedding import handing, origins, rules
from sanctions.models import Check, CheckFeedback, CheckPage, CheckPageOrigin
from tests.factories import checks as make
from tests.factories import sanctions as chain
from tests.factories import subjects
from tests.factories.organizations import make_actor
from tests.support.workbench import signed_in, words

pytestmark = pytest.mark.django_db
ORIGIN = "https://spj.example.gov.cn"
DAY = date(2026, 4, 2)
MATTER = {"kind": "licence", "name": "施工许可", "number": "SL-1"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(DAY):
        yield


class System:
    """An approval system of a unit with its token, and a browser that knows nobody."""

    def __init__(self, *scopes: str, unit: str = "zjj", origin: str = ORIGIN) -> None:
        self.keeper = make_actor("security_admin", "fgw")
        issued = services.register_api_client(
            actor=self.keeper, organization=selectors.unit(unit), name=f"示例审批系统{unit}", scopes=scopes
        )
        self.client = issued.client
        token = AccessToken.objects.create(
            application=issued.client, token=f"t{issued.client.pk}", scope=" ".join(scopes),
            expires=datetime(2099, 1, 1, tzinfo=clock.SHANGHAI),
        )  # fmt: skip
        self.api = Client(headers={"Authorization": f"Bearer {token.token}"})
        self.browser = Client()
        if origin:
            self.origin = origins.register_origin(actor=self.keeper, client=self.client, origin=origin)

    def hand_over(self, subject: dict[str, str], **more: Any) -> Any:
        body = {"matter": MATTER, "subject": subject, **more}
        return self.api.post(reverse("check-pages"), json.dumps(body), content_type="application/json")


def policy(answer: Any) -> str:
    return str(re.search(r"frame-ancestors ([^;]+)", answer["Content-Security-Policy"])[1])  # type: ignore[index]


def pass_in(answer: Any) -> str:
    return str(re.search(r'name="pass" value="([^"]+)"', words(answer))[1])  # type: ignore[index]


def test_the_way_of_one_check_from_hand_over_to_feedback() -> None:
    task = chain.task("P02", at="zjj")
    make.rule(task, "licence", "forbid")
    code = task.listing.subject.identifiers.get(type="uscc").value
    system = System("checks", "feedback")
    answer = system.hand_over({"code": code}, operator="示例经办人", return_to=f"{ORIGIN}/cases/7?tab=a")
    assert answer.status_code == 201, answer.content
    address = answer.json()["url"].removeprefix("http://testserver")
    kept = CheckPage.objects.get()
    assert code not in address
    assert address.rsplit("/", 1)[1] not in kept.ticket_digest
    assert code.encode() not in bytes(kept.sealed)

    begin = system.browser.get(address)
    assert begin.status_code == 200
    assert "施工许可" in words(begin)
    assert code not in words(begin)
    assert Check.objects.count() == 0  # a look, a prefetch or a link scanner uses nothing up
    assert system.browser.get(address, headers={"Sec-Purpose": "prefetch"}).status_code == 503
    shown = system.browser.post(address)
    check = Check.objects.get()
    assert (shown.status_code, check.unit.code, check.business_number) == (200, "zjj", "SL-1")
    assert "示例经办人" in check.asked_by_label
    for expected in (
        check.public_id,
        "禁止",
        f'data-origin="{ORIGIN}"',
        f"{ORIGIN}/cases/7?tab=a&amp;check={check.public_id}",
    ):
        assert expected in words(shown)
    for page in (begin, shown):
        assert policy(page) == ORIGIN
        assert "X-Frame-Options" not in page
        assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")
        assert not page.cookies
    kept.refresh_from_db()
    assert (kept.key_id, bytes(kept.sealed), kept.of_check) == ("", b"", check)

    again = [system.browser.post(address), system.browser.get(address)]
    assert [page.status_code for page in again] == [410, 410]
    assert all("EMB-06" in words(page) and code not in words(page) for page in again)
    assert Check.objects.count() == 1

    ticket, where = pass_in(shown), reverse("sanctions:check_feedback")
    field = f"decision-{task.public_id}"
    wrong = system.browser.post(where, {"pass": ticket, "decided_on": "2026-04-02", field: "granted_despite"})
    assert wrong.status_code == 422
    assert "理由" in words(wrong)
    assert CheckFeedback.objects.count() == 0
    done = system.browser.post(where, {"pass": ticket, "decided_on": "2026-04-02", field: "refused", "reason": "依法"})
    assert done.status_code == 200, words(done)
    assert "已反馈 1 项" in words(done)
    given = CheckFeedback.objects.get()
    assert (given.decision, given.task) == ("refused", task)
    assert system.browser.post(where, {"pass": ticket[:-2] + "xx"}).status_code == 410


def test_what_opens_no_page() -> None:
    code = subjects.entity().identifiers.get(type="uscc").value
    assert System("feedback", unit="jtj", origin="").hand_over({"code": code}).status_code == 403
    bare = System("checks", unit="slj", origin="")
    assert bare.hand_over({"code": code}).json()["code"] == "EMB-04"
    system = System("checks")
    for more, expected in (
        ({"origin": "https://other.example.cn"}, "EMB-04"),
        ({"return_to": "https://other.example.cn/x"}, "EMB-05"),
        ({"return_to": f"{ORIGIN}.evil.example/x"}, "EMB-05"),
        ({"return_to": "javascript:alert(1)"}, "EMB-05"),
    ):
        assert system.hand_over({"code": code}, **more).json()["code"] == expected, more
    wrong = system.hand_over({"code": "91510800MA0000000X"})
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (400, "subject.code")
    assert CheckPage.objects.count() == 0

    def opened() -> str:
        return str(system.hand_over({"code": code}).json()["url"]).removeprefix("http://testserver")

    late, closed = opened(), opened()
    with clock.at(DAY + timedelta(days=1)):
        assert handing.forget_unopened() == 2
    assert system.browser.post(late).status_code == 410
    closed = opened()
    origins.close_origin(actor=system.keeper, origin=system.origin, reason="系统下线")
    gone = system.browser.post(closed)
    assert (gone.status_code, policy(gone)) == (410, "'none'")
    unknown = system.browser.get(reverse("sanctions:check_page", args=["x" * 43]))
    assert (unknown.status_code, policy(unknown)) == (404, "'none'")
    assert Check.objects.count() == 0
    assert not CheckPage.objects.exclude(key_id="").filter(expires_at__lte=clock.now()).exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://spj.example.gov.cn", "https://spj.example.gov.cn"),
        ("https://SPJ.example.gov.cn:8443/", "https://spj.example.gov.cn:8443"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("http://spj.example.gov.cn", ""),
        ("https://spj.example.gov.cn/path", ""),
        ("https://*.example.gov.cn", ""),
        ("https://a@b.example.cn", ""),
        ("https://x.cn;script-src *", ""),
        ("'self'", ""),
        ("https://", ""),
    ],
)
def test_emb01_an_origin_is_scheme_host_and_port(given: str, kept: str) -> None:
    assert bool(rules.origin_given(given)) == (kept == "")
    assert not kept or rules.origin_of(given) == kept


def test_origins_are_kept_by_who_registers_clients() -> None:
    system = System("checks")
    with pytest.raises(Refused) as refused:
        origins.register_origin(actor=system.keeper, client=system.client, origin=f"{ORIGIN}:443")
    assert refused.value.code == "EMB-02"
    blind = services.register_api_client(
        actor=system.keeper, organization=selectors.unit("swj"), name="只反馈", scopes=["feedback"]
    )
    with pytest.raises(Refused) as refused:
        origins.register_origin(actor=system.keeper, client=blind.client, origin=ORIGIN)
    assert refused.value.code == "EMB-03"
    listed = signed_in(system.keeper).get(reverse("admin:sanctions_checkpageorigin_changelist"))
    assert ORIGIN in words(listed)
    for stranger in (chain.actor_of("zjj", "handler"), make_actor("system_admin", "fgw")):
        answer = signed_in(stranger).get(reverse("admin:sanctions_checkpageorigin_changelist"))
        assert answer.status_code in {302, 403}
    assert CheckPageOrigin.objects.count() == 1
