"""What a file really is, told from its bytes; the claimed extension only has to agree."""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import dataclass
from typing import IO

from core.problems import Problem

MOST_ENTRIES, MOST_UNPACKED = 20_000, 2 * 1024**3
HEAD = 4096


@dataclass(frozen=True, slots=True)
class Kind:
    """An accepted kind of file: the family its bytes must belong to, and how it is served."""

    family: str
    content_type: str
    label: str


KINDS: dict[str, Kind] = {
    "pdf": Kind("pdf", "application/pdf", "PDF"),
    "png": Kind("png", "image/png", "PNG 图片"),
    "jpg": Kind("jpg", "image/jpeg", "JPEG 图片"),
    "jpeg": Kind("jpg", "image/jpeg", "JPEG 图片"),
    "docx": Kind("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "Word 文档"),
    "xlsx": Kind("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "Excel 表格"),
    "ofd": Kind("ofd", "application/ofd", "OFD 版式文件"),
    "doc": Kind("doc", "application/msword", "Word 97-2003 文档"),
    "xls": Kind("xls", "application/vnd.ms-excel", "Excel 97-2003 表格"),
    "txt": Kind("text", "text/plain; charset=utf-8", "文本"),
    "csv": Kind("text", "text/csv; charset=utf-8", "CSV 表格"),
    "json": Kind("text", "application/json", "JSON 数据"),
}
ACCEPTED = "、".join(sorted({kind.label for kind in KINDS.values()}))

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_OLE_STREAMS = {"doc": ["WordDocument"], "xls": ["Workbook", "Book"]}
_MARKUP = re.compile(rb"^\s*(<!doctype|<\?xml|<html|<svg|<script|<head|<body|<\?php|<%|#!)", re.IGNORECASE)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x19\x1b-\x1f\x7f]")


def kind_of(extension: str) -> Kind:
    """Return the accepted kind behind an extension; Problem ATT-04 names what is accepted."""
    kind = KINDS.get(extension)
    if kind is None:
        claimed = f"“.{extension}”" if extension else "没有扩展名的"
        raise Problem("ATT-04", f"不接受{claimed}文件", status=415, field="file", remedy=f"改用：{ACCEPTED}")
    return kind


def check_agreement(extension: str, source: IO[bytes]) -> Kind:
    """Return the kind when the bytes are what the extension claims; Problem ATT-02 otherwise. Rewinds the source."""
    kind = kind_of(extension)
    source.seek(0)
    found = _family(source, kind.family)
    source.seek(0)
    if found != kind.family:
        raise Problem(
            "ATT-02",
            f"文件内容不是{kind.label}，与扩展名“.{extension}”不符，按伪装类型拒收",
            status=415,
            field="file",
            remedy="用对应软件重新另存为正确格式后上传",
        )
    return kind


def _family(source: IO[bytes], claimed: str) -> str:
    head = source.read(HEAD)
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _container(source)
    if head.startswith(_OLE):
        return _compound(source, claimed)
    if _MARKUP.match(head.removeprefix(codecs.BOM_UTF8)):
        return "markup"
    return "text" if _is_text(source) else "unknown"


def _container(source: IO[bytes]) -> str:
    """Return which document a zip container holds; macros, encryption and bombs make it none."""
    try:
        with zipfile.ZipFile(source) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, UnicodeDecodeError):
        return "unknown"
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Problem("ATT-05", "压缩内容异常庞大，拒收", status=413, field="file", remedy="拆分后分别上传")
    names = {entry.filename for entry in entries}
    if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js")) for name in names):
        return "active"
    if "[Content_Types].xml" in names:
        return "docx" if "word/document.xml" in names else "xlsx" if "xl/workbook.xml" in names else "unknown"
    return "ofd" if "OFD.xml" in names else "unknown"


def _compound(source: IO[bytes], claimed: str) -> str:
    """Return the claimed family when the compound file has its main stream; its directory names are UTF-16."""
    source.seek(0)
    content = source.read()
    for name in _OLE_STREAMS.get(claimed, []):
        if name.encode("utf-16-le") in content:
            return claimed
    return "unknown"


def _is_text(source: IO[bytes]) -> bool:
    return any(_decodes(source, encoding) for encoding in ("utf-8-sig", "gb18030"))


def _decodes(source: IO[bytes], encoding: str) -> bool:
    source.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while part := source.read(64 * 1024):
            if _CONTROLS.search(decoder.decode(part)):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
