"""Which kind of table a file is, told from its bytes; its name only has to agree."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from core.intake import refusals

OLE = bytes.fromhex("d0cf11e0a1b11ae1")
BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
EXTENSIONS = {
    "xlsx": {"xlsx"},
    "xls": {"xls", "et"},
    "csv": {"csv", "txt", "tsv"},
    "json": {"json", "jsonl", "ndjson", "txt"},
}
LABELS = {"xlsx": "Excel 工作簿（.xlsx）", "xls": "Excel 97-2003 工作簿（.xls）", "csv": "文本表格", "json": "JSON"}
MOST_ENTRIES = 2000
BLOCK = 1024 * 1024
_PICTURES = ((b"%PDF-", "PDF 文件"), (b"\x89PNG", "图片"), (b"\xff\xd8\xff", "图片"), (b"GIF8", "图片"))
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<meta")


def kind_of(source: IO[bytes], name: str) -> str:
    """Return xlsx, xls, csv or json; FileRefused for anything else, and for a name that claims another kind."""
    source.seek(0)
    head = source.read(4096)
    if not head.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise refusals.empty()
    claimed = Path(name).suffix.lower().lstrip(".")
    found = _kind(source, head, claimed)
    if claimed and claimed not in EXTENSIONS[found]:
        if claimed in {"xlsm", "xlsb", "xltm", "xlam"}:
            raise refusals.macro()
        raise refusals.renamed(f".{claimed[:10]}", LABELS[found])
    return found


def _kind(source: IO[bytes], head: bytes, claimed: str) -> str:
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(source)
    if head.startswith(OLE):
        return _ole_kind(source)
    for start, label in _PICTURES:
        if head.startswith(start):
            raise refusals.unknown_kind(f"这是{label}")
    text = head
    for bom, _ in BOMS:
        text = text.removeprefix(bom)
    if text.lstrip().lower().startswith(_MARKUP):
        raise refusals.renamed(
            f".{claimed[:10]}" if claimed else "表格", "网页（HTML 或 XML），是从系统直接导出的“假 Excel”"
        )
    wide = head.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not wide and b"\x00" in head:
        raise refusals.unknown_kind("这是二进制文件")
    return "json" if not wide and text.lstrip()[:1] in (b"[", b"{") else "csv"


def _zip_kind(source: IO[bytes]) -> str:
    """Return xlsx for a workbook without macros; only the directory of the archive is read."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeDecodeError) as error:
        raise refusals.damaged("压缩目录不完整，多半是没有下载或上传完") from error
    if len(entries) > MOST_ENTRIES:
        raise refusals.bomb(f"含 {len(entries)} 个文件")
    names = {entry.filename.lower() for entry in entries}
    if any(name.endswith(("vbaproject.bin", ".exe", ".dll", ".js")) or "/macrosheets/" in name for name in names):
        raise refusals.macro()
    if "xl/workbook.xml" in names:
        if any(entry.flag_bits & 0x1 for entry in entries):
            raise refusals.protected()
        return "xlsx"
    if "xl/workbook.bin" in names:
        raise refusals.unknown_kind("这是二进制工作簿（.xlsb）")
    if "mimetype" in names and "content.xml" in names:
        raise refusals.unknown_kind("这是 OpenDocument 表格（.ods）")
    raise refusals.unknown_kind("这是压缩包或其他办公文档")


def _ole_kind(source: IO[bytes]) -> str:
    """Return xls for an old workbook without password; stream names are UTF-16 in the compound file."""
    if _cut(source):
        raise refusals.damaged("文件不完整，多半是没有下载或上传完")
    found = _named(source, ("EncryptedPackage", "Workbook", "Book", "_VBA_PROJECT"))
    if "EncryptedPackage" in found:
        raise refusals.protected()
    if not found & {"Workbook", "Book"}:
        raise refusals.unknown_kind("这是旧版办公文档，没有工作簿")
    if "_VBA_PROJECT" in found:
        raise refusals.macro()
    return "xls"


def _cut(source: IO[bytes]) -> bool:
    """Tell whether the file ends before the directory that its first sector points to."""
    source.seek(0)
    head = source.read(512)
    shift, directory = int.from_bytes(head[30:32], "little"), int.from_bytes(head[48:52], "little")
    return len(head) < 512 or shift not in {9, 12} or source.seek(0, 2) < (directory + 2) << shift


def _named(source: IO[bytes], streams: tuple[str, ...]) -> set[str]:
    """Return which of these names stand in the file, read piece by piece whatever its size."""
    names = {stream: stream.encode("utf-16-le") for stream in streams}
    overlap = max(map(len, names.values()))
    found, rest = set[str](), b""
    source.seek(0)
    while block := source.read(BLOCK):
        text = rest + block
        found |= {stream for stream, name in names.items() if name in text}
        rest = text[-overlap:]
    return found
