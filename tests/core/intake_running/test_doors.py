"""The doors of intake: clients by scope and unit, the command's receipt, and no personal number anywhere outside."""

from __future__ import annotations

import io
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from oauth2_provider.models import AccessToken

from core import clock
from core.intake.running import run
from core.models import IntakeBatch
from organizations import selectors, services
from publicity.models import Penalty
from tests.factories import intake as make
from tests.factories import subjects as people
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


class Machine:
    """A system of a unit with a token."""

    def __init__(self, unit: str, *scopes: str) -> None:
        issued = services.register_api_client(
            actor=make_actor("security_admin", "fgw"), organization=selectors.unit(unit), name="示例系统", scopes=scopes
        )
        token = AccessToken.objects.create(
            application=issued.client, token=f"t{issued.client.pk}", scope=" ".join(scopes),
            expires=clock.now() + timedelta(hours=1),
        )  # fmt: skip
        self.client = Client(headers={"Authorization": f"Bearer {token.token}"})

    def hand_in(self, rows: list[dict[str, Any]], profile: str = "penalties") -> Any:
        upload = SimpleUploadedFile("报送.csv", make.as_csv(rows), content_type="text/csv")
        return self.client.post(f"/api/v1/intake/{profile}", {"file": upload})


def test_a_system_hands_in_and_follows_its_receipt() -> None:
    machine = Machine(make.UNIT, "intake:penalties")
    answer = machine.hand_in([make.penalty(), make.penalty(CF_NR_FK="")])
    assert answer.status_code == 202, answer.content
    receipt = answer.json()["receipt"]
    assert answer["Location"] == f"/api/v1/intake/{receipt}"
    run(receipt)
    found = machine.client.get(f"/api/v1/intake/{receipt}").json()
    assert (found["finished"], found["rows"], found["inserted"], found["rejected"]) == (True, 2, 1, 1)
    assert [(row["row"], row["column"], row["code"]) for row in found["errors"] if row["severity"] == "error"] == [
        (3, "CF_NR_FK", "V09")
    ]


def test_a_json_body_is_the_file_itself() -> None:
    machine = Machine(make.UNIT, "intake")
    body = make.as_json([make.penalty()])
    answer = machine.client.generic("POST", "/api/v1/intake/penalties", body, content_type="application/json")
    assert answer.status_code == 202, answer.content
    assert run(answer.json()["receipt"]).inserted == 1  # type: ignore[union-attr]


def test_scopes_and_units_are_kept_apart() -> None:
    mine, other = Machine(make.UNIT, "intake:penalties"), Machine("sthjj", "intake")
    narrow, none = Machine("rsj", "intake:licences"), Machine("zjj", "checks")
    receipt = mine.hand_in([make.penalty()]).json()["receipt"]
    assert narrow.hand_in([make.penalty()]).status_code == 403
    assert none.hand_in([make.penalty()]).status_code == 403
    assert none.client.get(f"/api/v1/intake/{receipt}").status_code == 403
    for stranger in (other, narrow):
        assert stranger.client.get(f"/api/v1/intake/{receipt}").status_code == 404
    assert Client().get(f"/api/v1/intake/{receipt}").status_code == 401
    assert Client().post("/api/v1/intake/penalties").status_code == 401
    assert mine.hand_in([make.penalty()], "nothing").status_code == 404
    assert mine.client.post("/api/v1/intake/penalties", {}).status_code == 400
    assert mine.client.get(f"/api/v1/intake/{receipt}?x=1").status_code == 400


def command(*arguments: str) -> tuple[int, Any]:
    out = io.StringIO()
    try:
        call_command("intake", *arguments, "--json", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_the_command_prints_one_receipt(tmp_path: Path) -> None:
    file = tmp_path / "处罚.csv"
    file.write_bytes(make.as_csv([make.penalty(), make.penalty(CF_JDRQ="0202/01/01")]))
    code, receipt = command("penalties", str(file), "--as", make.UNIT)
    assert code == 0
    assert list(receipt) == [
        "receipt", "profile", "rows", "inserted", "updated", "unchanged", "duplicate", "questioned", "rejected",
        "errors_total", "errors",
    ]  # fmt: skip
    assert (receipt["rows"], receipt["inserted"], receipt["rejected"]) == (2, 1, 1)
    assert receipt["errors_total"] == len(receipt["errors"])
    again = command("penalties", str(file), "--as", make.UNIT)[1]
    assert (again["inserted"], again["unchanged"], again["rejected"]) == (0, 1, 1)
    broken = tmp_path / "坏.xlsx"
    broken.write_bytes(b"PK\x03\x04 not a workbook")
    for arguments in (("penalties", str(broken)), ("nothing", str(file)), ("penalties", str(tmp_path / "none.csv"))):
        code, problem = command(*arguments)
        assert (code, "detail" in problem) == (2, True)


def test_no_personal_number_leaves_the_encrypted_places(caplog: pytest.LogCaptureFixture) -> None:
    number, other = people.new_id_number(), people.new_id_number()
    known = people.person("测试丙")
    person = {
        "CF_XDR_LB": "自然人", "CF_XDR_SHXYM": "", "CF_FRDB": "", "CF_XDR_ZJLX": "身份证", "CF_XDR_ZJHM": number,
        "CF_XDR_MC": "赵小丁",
    }  # fmt: skip
    rows = [
        make.penalty(**person),
        make.penalty(**{**person, "CF_XDR_MC": "钱小戊"}),
        make.penalty(CF_FR_ZJLX="身份证", CF_FR_ZJHM=other),
        make.penalty(**{**person, "CF_XDR_ZJHM": number[:-1] + ("1" if number[-1] != "1" else "2")}),
    ]
    batch = make.intake(rows)
    assert make.counts(batch) == {"rows": 4, "inserted": 2, "questioned": 1, "rejected": 1}
    assert Penalty.objects.filter(party="Z", party_number__isnull=False).count() == 1
    assert Penalty.objects.filter(representative_number__isnull=False).count() == 1
    assert known.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"
            " AND split_part(c.relname, '_', 1) IN ('core', 'subjects', 'publicity')"
        )
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT count(*) FROM {table} t WHERE t::text ~ %s", [f"{number[:17]}|{other[:17]}"])
            assert cursor.fetchone()[0] == 0, table
    assert number[:17] not in caplog.text
    assert other[:17] not in caplog.text


def test_a_chunk_costs_the_same_number_of_statements_whatever_its_size() -> None:
    def statements(count: int) -> int:
        batch = make.handed_in([make.penalty() for _ in range(count)])
        with CaptureQueriesContext(
            connection,
        ) as captured:
            run(batch.public_id)
        assert IntakeBatch.objects.get(pk=batch.pk).inserted == count
        return len(captured)

    statements(1)
    assert statements(3) == statements(40)
