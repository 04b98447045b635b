"""The upload desk: one's own unit hands in, sees progress and errors; strangers see nothing."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.intake.running import run
from core.models import IntakeBatch, QuestionedRow
from tests.factories import intake as make
from tests.factories import subjects as people
from tests.factories.organizations import make_actor
from tests.support.workbench import signed_in

pytestmark = pytest.mark.django_db
LIST = reverse("admin:core_intakebatch_changelist")


def page_of(batch: Any) -> str:
    return reverse(f"admin:core_{batch._meta.model_name}_change", args=[batch.public_id])


def upload(client: Any, rows: list[dict[str, Any]], **fields: str) -> Any:
    address = reverse("admin:core_intakebatch_add")
    assert client.get(address).status_code == 200
    file = SimpleUploadedFile("处罚.csv", make.as_csv(rows), content_type="text/csv")
    return client.post(address, {"profile": "penalties", "mode": "partial", "file": file} | fields)


def test_an_officer_uploads_and_sees_what_became_of_each_row() -> None:
    handler = make_actor("handler", make.UNIT)
    client = signed_in(handler)
    answer = upload(client, [make.penalty(), make.penalty(CF_NR_FK="")])
    assert answer.status_code == 302, answer.content.decode()
    batch = IntakeBatch.objects.get()
    page = client.get(page_of(batch)).content.decode()
    moves = reverse("admin:core_intakebatch_progress", args=[batch.public_id])
    assert f'hx-get="{moves}"' in page
    assert '<meta http-equiv="refresh"' in page  # also without scripts
    assert "HX-Refresh" not in client.get(moves)
    run(batch.public_id)
    assert client.get(moves)["HX-Refresh"] == "true"
    page = client.get(page_of(batch)).content.decode()
    assert moves not in page
    assert "罚款金额" in page
    assert "V09" in page
    assert client.get(LIST).status_code == 200
    wrong = client.get(reverse("admin:core_intakebatch_wrong", args=[batch.public_id]))
    assert b"".join(wrong.streaming_content).startswith(b"PK")
    template = client.get(reverse("admin:core_intakebatch_template", args=["penalties"]))
    assert b"".join(template.streaming_content).startswith(b"PK")
    assert client.get(reverse("admin:core_intakebatch_file", args=[batch.public_id])).status_code == 200


def test_a_wrong_file_is_refused_at_its_field() -> None:
    client = signed_in(make_actor("handler", make.UNIT))
    file = SimpleUploadedFile("处罚.xlsx", b"no workbook at all", content_type="text/csv")
    answer = client.post(
        reverse("admin:core_intakebatch_add"), {"profile": "penalties", "mode": "partial", "file": file}
    )
    assert answer.status_code in {400, 415, 422}
    assert "ATT-02" in answer.content.decode()
    assert not IntakeBatch.objects.exists()


def test_strangers_find_no_batch_and_no_held_row() -> None:
    known = people.entity("广元测试在册有限公司")
    batch = make.intake([make.penalty(CF_XDR_SHXYM=known.identifiers.get().value, CF_XDR_MC="广元测试别名有限公司")])
    held = QuestionedRow.objects.get()
    addresses = [
        page_of(batch), page_of(held), reverse("admin:core_intakebatch_progress", args=[batch.public_id]),
        reverse("admin:core_intakebatch_file", args=[batch.public_id]),
    ]  # fmt: skip
    stranger, office = signed_in(make_actor("reviewer", "sthjj")), signed_in(make_actor("office", "fgw"))
    for address in addresses:
        assert stranger.get(address).status_code == 404, address
    assert batch.public_id not in stranger.get(LIST).content.decode()
    assert [office.get(address).status_code for address in addresses] == [200, 200, 200, 404]  # the file holds numbers
    assert signed_in(make_actor("system_admin", "fgw")).get(LIST).status_code == 403


def test_a_held_row_is_decided_on_its_page() -> None:
    known = people.entity("广元测试在册有限公司")
    make.intake([make.penalty(CF_XDR_SHXYM=known.identifiers.get().value, CF_XDR_MC="广元测试别名有限公司")])
    held = QuestionedRow.objects.get()
    client = signed_in(make_actor("reviewer", make.UNIT))
    page = client.get(page_of(held)).content.decode()
    assert "广元测试在册有限公司" in page
    assert "广元测试别名有限公司" in page
    act = reverse("admin:core_questionedrow_act", args=[held.public_id, "accept"])
    assert client.get(act).status_code == 200
    assert client.post(act, {"reason": "已核实为同一企业"}).status_code == 302
    held.refresh_from_db()
    assert held.state == "accepted"
    assert held.batch.inserted == 1
