"""The door for later receipts: only the province's client, only its batches, only what fits; twice is once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, override_settings
from oauth2_provider.models import AccessToken

from core import clock
from exchange.upward.system import PROVINCE
from organizations import selectors, services
from organizations.models import ApiClient
from organizations.services.clients import IssuedClient
from publicity.models import Peer, Push, PushBatch
from publicity.push.enrolling import enrol
from tests.factories import organizations
from tests.support.peers import Peers, playing
from tests.support.pushing import PUSHER, peer, published, pushed, states
from tests.support.sites import served
from tests.support.waiting import wait_until

TODAY = date(2026, 6, 15)
DOOR = "/api/v1/exchange/receipts"


@pytest.fixture
def peers(tmp_path: Path) -> Iterator[Peers]:
    with clock.at(TODAY), playing(tmp_path) as found:
        yield found


def registered(unit: str, *scopes: str) -> IssuedClient:
    security = organizations.make_actor("security_admin", "fgw")
    return services.register_api_client(
        actor=security, organization=selectors.unit(unit), name="示例系统", scopes=scopes
    )


def machine(unit: str, *scopes: str) -> tuple[Client, ApiClient]:
    """Return a system of a unit with a token."""
    issued = registered(unit, *scopes)
    token = AccessToken.objects.create(
        application=issued.client, token=f"t{issued.client.pk}", scope=" ".join(scopes),
        expires=datetime.now(UTC) + timedelta(hours=1),
    )  # fmt: skip
    return Client(headers={"Authorization": f"Bearer {token.token}"}), issued.client


def post(client: Client, document: Any) -> Any:
    return client.post(DOOR, document, content_type="application/json")


def test_rcp01_to_rcp05_a_later_receipt_settles_its_batch_once_and_no_other(db: None, peers: Peers) -> None:
    province, known = machine("fgw", "exchange")
    other, _ = machine("rsj", "exchange")
    poor, _ = machine("yjj", "checks")
    rows = published(organizations.make_unit(), 3)
    enrol(peer(PROVINCE), actor=PUSHER)
    peers.control("province/later", on=True)
    assert pushed(PROVINCE)["waiting"] == 3
    batch = PushBatch.objects.get()
    assert (batch.state, states(PROVINCE)) == ("received", {"queued": 3})
    assert Push.objects.filter(next_at__gt=clock.now() + timedelta(hours=1)).count() == 3  # not sent again meanwhile
    peers.control("province/rule", rec_uid=rows[0].public_id, code="E1001", message="主体不符", field="code")
    (receipt,) = peers.control("province/receipts")["receipts"]
    foreign = PushBatch.objects.create(
        number="5108-city-portal-PEN-20260615-0001", peer=Peer.objects.create(code="city-portal", label="门户"),
        kind="penalty", records=1, contents=[["X", 1, ""]], digest="1" * 64,
    )  # fmt: skip
    first, *rest = receipt["receipts"]
    strange = {"receipts": [first | {"rec_uid": "STRANGE000000000"}, *rest]}
    with override_settings(PROVINCE_CLIENT=known.public_id):
        wrong = [
            (Client(), receipt, 401, "AUTH-02"),
            (other, receipt, 403, "AUTH-01"),
            (poor, receipt, 403, "AUTH-01"),
            (province, receipt | {"batch_no": "5108-nothing"}, 404, "RCP-01"),
            (province, receipt | {"batch_no": foreign.number}, 403, "RCP-02"),
            (province, receipt | {"digest": "0" * 64}, 409, "RCP-03"),
            (province, receipt | strange, 409, "RCP-04"),
            (province, receipt | {"received": 7}, 409, "RCP-05"),
            (province, receipt | {"accepted": 3}, 409, "RCP-05"),
        ]
        for client, document, status, code in wrong:
            answer = post(client, document)
            assert (answer.status_code, answer.json()["code"]) == (status, code), answer.json()
            assert answer.json()["detail"]
        unknown = post(province, receipt | {"surprise": 1})
        assert (unknown.status_code, "surprise" in unknown.content.decode()) == (400, True)
        assert states(PROVINCE) == {"queued": 3}
        batch.refresh_from_db()
        assert (batch.state, batch.answered_at) == ("received", None)
        assert post(province, receipt).json() == {
            "batch_no": batch.number, "state": "partial", "received": 3, "accepted": 2, "rejected": 1, "settled": 3,
        }  # fmt: skip
        again = post(province, receipt)
        assert (again.status_code, again.json()["settled"]) == (200, 0)
    assert states(PROVINCE) == {"acknowledged": 2, "dead": 1}
    assert Push.objects.get(state="dead").code == "E1001"
    held = {uid: row["number"] for uid, row in peers.province().items()}
    assert held == dict(Push.objects.filter(state="acknowledged").values_list("uid", "number"))
    with override_settings(PROVINCE_CLIENT=""):  # no client is the province's
        assert post(province, receipt).status_code == 403


def test_the_province_brings_its_receipts_to_the_door_itself(own_database: str, tmp_path: Path) -> None:
    issued = registered("fgw", "exchange")
    with clock.at(TODAY), served(own_database, PROVINCE_CLIENT=issued.client.public_id) as site:
        door = ("--city", site.url, "--client", issued.client.client_id, "--secret", issued.secret)
        with playing(tmp_path, *door) as peers:
            published(organizations.make_unit(), 3)
            enrol(peer(PROVINCE), actor=PUSHER)
            peers.control("province/later", on=True)
            assert pushed(PROVINCE)["waiting"] == 3
            assert wait_until(lambda: states(PROVINCE) == {"acknowledged": 3}, 60), peers.control("province/state")
            assert PushBatch.objects.get().state == "done"
            assert set(Push.objects.values_list("number", flat=True)) == {
                row["number"] for row in peers.province().values()
            }
