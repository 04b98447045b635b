"""Attachments: checked at the door, encrypted on disk, given out as downloads only."""

import base64
import io
import os
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from core import attachments, personal
from core.actors import Actor
from core.attachments import names, rotation, sealed, storing
from core.attachments.storage import EncryptedStorage
from core.models import Attachment
from core.problems import NotFound, Problem

ACTOR = Actor("officer", "A1", "张三", unit_id=7)
PDF = b"%PDF-1.7\n" + b"x" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20
JPG = b"\xff\xd8\xff\xe0" + b"x" * 20
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


XLSX = archive("[Content_Types].xml", "xl/workbook.xml")
DOCX = archive("[Content_Types].xml", "word/document.xml")
OFD = archive("OFD.xml")


@pytest.fixture(autouse=True)
def place(settings: object, tmp_path: Path) -> Path:
    settings.STORAGES = settings.STORAGES | {
        "attachments": {"BACKEND": "core.attachments.storage.EncryptedStorage", "OPTIONS": {"location": str(tmp_path)}}
    }
    return tmp_path


def store(name: str, content: bytes) -> Attachment:
    return attachments.store(SimpleUploadedFile(name, content), actor=ACTOR, name=name)


def files(place: Path) -> list[Path]:
    return [path for path in place.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("决定书.pdf", PDF),
        ("证照.PNG", PNG),
        ("证照.jpeg", JPG),
        ("清单.xlsx", XLSX),
        ("说明.docx", DOCX),
        ("公文.ofd", OFD),
        ("旧表.xls", OLE + "Workbook".encode("utf-16-le")),
        ("旧文.doc", OLE + "WordDocument".encode("utf-16-le")),
        ("名单.csv", "\ufeff名称,代码\r\n示例公司,91\r\n".encode()),
        ("名单.csv", "名称,代码\r\n示例公司,91\r\n".encode("gb18030")),
        ("说明.txt", ("文" * 40_000).encode()),
    ],
)
def test_accepted_kinds_come_back_as_they_were(db: None, place: Path, name: str, content: bytes) -> None:
    kept = store(name, content)
    with attachments.open_attachment(kept) as file:
        assert file.read() == content
    assert kept.name == name
    assert kept.size == len(content)
    assert (kept.actor_key, kept.unit_id) == ("A1", 7)
    (on_disk,) = files(place)
    assert content[:40] not in on_disk.read_bytes()
    assert on_disk.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("code", "name", "content"),
    [
        ("ATT-02", "a.pdf", PNG),
        ("ATT-02", "a.xlsx", DOCX),
        ("ATT-02", "a.xlsx", archive("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin")),
        ("ATT-02", "a.docx", archive("readme.txt")),
        ("ATT-02", "a.xls", OLE),
        ("ATT-02", "a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ("ATT-02", "a.txt", b"\xef\xbb\xbf  <!DOCTYPE html><script>1</script>"),
        ("ATT-02", "a.csv", b"MZ\x90\x00\x03\x00"),
        ("ATT-02", "a.txt", b"#!/bin/sh\n"),
        ("ATT-02", "a.txt", b"\x7fELF\x02\x01"),
        ("ATT-02", "a.docx", b"PK\x03\x04 broken"),
        ("ATT-03", "a.pdf", b""),
        ("ATT-04", "a.html", b"<html>"),
        ("ATT-04", "a.svg", b"<svg/>"),
        ("ATT-04", "a.exe", b"MZ"),
        ("ATT-04", "a", PDF),
        ("ATT-04", "a.pdf\u202e.exe", PDF),
        ("ATT-04", "a.zip", archive("x")),
    ],
)
def test_refused_with_code_and_field(db: None, place: Path, code: str, name: str, content: bytes) -> None:
    with pytest.raises(Problem) as caught:
        store(name, content)
    assert caught.value.code == code
    assert caught.value.field == "file"
    assert caught.value.remedy
    assert files(place) == []
    assert not Attachment.objects.exists()


def test_ATT_01_limit_is_measured_not_believed(db: None, settings: object) -> None:
    settings.ATTACHMENT_MAX_BYTES = len(PDF)
    upload = SimpleUploadedFile("a.pdf", PDF + b"x")
    upload.size = 1
    with pytest.raises(Problem) as caught:
        attachments.store(upload, actor=ACTOR)
    assert (caught.value.code, caught.value.status) == ("ATT-01", 413)
    assert store("a.pdf", PDF).size == len(PDF)


def test_same_content_is_kept_once_under_each_name(db: None, place: Path) -> None:
    one, two = store("一.pdf", PDF), store("二.pdf", PDF)
    assert one.digest == two.digest
    assert one.public_id != two.public_id
    assert len(files(place)) == 1


def test_ATT_06_missing_cut_or_changed(db: None, place: Path) -> None:
    kept = store("a.pdf", PDF + os.urandom(200_000))
    (path,) = files(place)
    whole = path.read_bytes()
    for damaged in (whole[:-1], whole[: 64 * 1024], whole[:-9] + b"x" + whole[-8:], b"", b"SEALED1\n"):
        path.write_bytes(damaged)
        with pytest.raises(Problem) as caught, attachments.open_attachment(kept) as file:
            file.read()
        assert caught.value.code == "ATT-06"
    path.unlink()
    with pytest.raises(Problem) as caught:
        attachments.open_attachment(kept)
    assert caught.value.code == "ATT-06"


def test_chunks_cannot_be_dropped_at_a_boundary(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    sealed.seal([b"x" * sealed.CHUNK * 2], buffer)
    content = buffer.getvalue()[: -(sealed.CHUNK + sealed.TAG)]
    with pytest.raises(Problem):
        sealed.SealedReader(io.BytesIO(content)).read()


@given(st.lists(st.binary(max_size=90_000), max_size=4), st.integers(0, 300_000), st.integers(0, 90_000))
def test_sealed_files_read_and_seek_like_the_plain_ones(parts: list[bytes], start: int, length: int) -> None:
    buffer, plain = io.BytesIO(), b"".join(parts)
    sealed.seal(parts, buffer)
    reader = io.BufferedReader(sealed.SealedReader(io.BytesIO(buffer.getvalue())))
    assert reader.read() == plain
    reader.seek(min(start, len(plain)))
    assert reader.read(length) == plain[min(start, len(plain)) :][:length]


def test_a_workbook_opens_from_the_storage(db: None) -> None:
    with attachments.open_attachment(store("a.xlsx", XLSX)) as file, zipfile.ZipFile(file) as opened:
        assert "xl/workbook.xml" in opened.namelist()


def test_storage_has_no_address_and_no_rewriting(tmp_path: Path) -> None:
    storage = EncryptedStorage(tmp_path)
    with pytest.raises(ValueError):
        storage.url("x")
    with pytest.raises(ValueError):
        storage.open("x", "wb")


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\资料\\决定书.pdf", "决定书.pdf"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("发票\u202efdp.exe", "发票fdp.exe"),
        ("...pdf", "附件.pdf"),
        ("长" * 400 + ".pdf", "长" * 120 + ".pdf"),
        ('a<"b>.pdf', "a__b_.pdf"),
    ],
)
def test_names_are_kept_for_display_only(given_name: str, shown: str) -> None:
    assert names.display_name(given_name, "pdf") == shown


def test_serving_is_scoped_and_inert(db: None, rf: RequestFactory) -> None:
    kept, other = store("决定书.pdf", PDF), store("别家.pdf", PDF + b"y")
    view = attachments.serving_view(lambda actor: Attachment.objects.filter(actor_key=actor.key, name="决定书.pdf"))
    request = rf.get("/")
    request.actor = ACTOR
    response = view(request, kept.public_id)
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Length"] == str(len(PDF))
    with pytest.raises(NotFound):
        view(request, other.public_id)
    assert view(rf.post("/"), kept.public_id).status_code == 405


def test_digest_is_sm3(db: None) -> None:
    assert storing.path_of(store("a.pdf", PDF).digest).count("/") == 2


def ring_of(*names: str) -> list[str]:
    return [f"{name}:{base64.b64encode(name.encode().ljust(32, b'#')).decode()}" for name in names]


def test_files_move_to_the_new_key_and_the_old_one_may_go(db: None, place: Path, settings: object) -> None:
    settings.PERSONAL_KEYS = ring_of("a")
    kept = [store(f"{n}.pdf", PDF + os.urandom(n * 50_000)) for n in range(1, 4)]
    before = [attachments.open_attachment(one).read() for one in kept]
    settings.PERSONAL_KEYS = ring_of("b", "a")
    assert personal.keys_needed() == {"a": 3}
    reading = attachments.open_attachment(kept[2])
    reading.read(10)
    assert [batch.resealed for batch in rotation.reseal(2)] == [2, 1]
    assert reading.read() == before[2][10:]
    assert personal.keys_needed() == {"b": 3}
    assert [batch.resealed for batch in rotation.reseal(10)] == [0]
    settings.PERSONAL_KEYS = ring_of("b")
    assert [attachments.open_attachment(one).read() for one in kept] == before
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files(place))


def test_ATT_06_a_key_retired_too_early_is_named_and_handing_in_again_mends(
    db: None, place: Path, settings: object
) -> None:
    settings.PERSONAL_KEYS = ring_of("a")
    kept = store("a.pdf", PDF)
    settings.PERSONAL_KEYS = ring_of("b")
    with pytest.raises(Problem) as caught:
        attachments.open_attachment(kept)
    assert caught.value.code == "ATT-06"
    assert "密钥 a" in caught.value.detail
    out = io.StringIO()
    with pytest.raises(CommandError, match="1 files do not open"):
        call_command("rotate_personal_keys", stdout=out)
    assert "key a: 1 numbers and files, not in PERSONAL_KEYS" in out.getvalue()
    store("b.pdf", PDF)
    assert attachments.open_attachment(kept).read() == PDF


def test_rotation_goes_on_past_a_damaged_file(db: None, place: Path, settings: object) -> None:
    settings.PERSONAL_KEYS = ring_of("a")
    store("a.pdf", PDF), store("b.pdf", PDF + b"b")
    broken = files(place)[0]
    broken.write_bytes(broken.read_bytes()[:-1])
    settings.PERSONAL_KEYS = ring_of("b", "a")
    (batch,) = rotation.reseal()
    assert (batch.seen, batch.resealed, batch.damaged) == (2, 1, (str(broken.relative_to(place)),))
    assert personal.keys_needed() == {"a": 1, "b": 1}
