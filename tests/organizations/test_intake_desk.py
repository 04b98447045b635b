"""The upload desk: one's own unit hands in, sees progress and errors; strangers see nothing."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.intake.running import run
from core.models import IntakeBatch, QuestionedRow
from tests.factories import intake as make
from tests.factories import subjects as people
from tests.factories.organizations import make_actor
from tests.support import old_books
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


def test_a_wrong_file_is_refused_at_its_field_by_what_is_wrong_with_it() -> None:
    """The door tells a locked, a macro, a cut and a renamed file apart; what only looks odd goes on to the reader."""
    client = signed_in(make_actor("handler", make.UNIT))
    locked = old_books.compound({"EncryptedPackage": b"x", "EncryptionInfo": b"x"})
    book = io.BytesIO()
    openpyxl.Workbook().save(book)
    for name, content, code, said in (
        ("处罚.xlsx", locked, "IN-06", "设有打开密码"),
        ("处罚.xlsx", b"no workbook at all", "IN-04", "内容却是文本表格"),
        ("处罚.xlsx", book.getvalue()[:-200], "IN-05", "没有下载或上传完"),
        ("处罚.xlsm", book.getvalue(), "IN-07", "带有宏"),
        ("处罚.xls", b"<html><table></table></html>", "IN-04", "假 Excel"),
        ("处罚.csv", b" \n\n ", "IN-02", "没有任何数据行"),
    ):
        file = SimpleUploadedFile(name, content, content_type="text/csv")
        answer = client.post(
            reverse("admin:core_intakebatch_add"), {"profile": "penalties", "mode": "partial", "file": file}
        )
        page = answer.content.decode()
        assert answer.status_code in {400, 415, 422}
        assert (code in page, said in page) == (True, True), (name, code)
    assert not IntakeBatch.objects.exists()
    for encoding in ("utf-16", "gb18030"):
        text = make.as_csv([make.penalty()]).decode().encode(encoding)
        file = SimpleUploadedFile("处罚.txt", text + (b"\xff" if encoding == "gb18030" else b""))
        fields = {"profile": "penalties", "mode": "partial", "file": file}
        assert client.post(reverse("admin:core_intakebatch_add"), fields).status_code == 302
    assert [run(batch.public_id).inserted for batch in IntakeBatch.objects.order_by("pk")] == [1, 1]  # type: ignore[union-attr]


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
    assert "这一行填报的内容" in page
    act = reverse("admin:core_questionedrow_act", args=[held.public_id, "accept"])
    assert client.get(act).status_code == 200
    assert client.post(act, {"reason": "已核实为同一企业"}).status_code == 302
    held.refresh_from_db()
    assert held.state == "accepted"
    assert held.batch.inserted == 1
