"""The two files of a report: how each carries its signature, and whether one is as it was issued.

Both name the format, the algorithm, the key, the number and the SM3 digest of what they carry, and a signature over
exactly these words: the PDF in a line after its end mark, which readers of PDF pass over, the JSON in a field beside
the report. There is one way to write either, so that one byte changed anywhere is found, without asking anybody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.digests import canonical
from core.digests import sm3 as digest
from core.signatures.keys import PublicKey
from core.signatures.signing import Signer

FORMAT = "XYGY-REPORT/1"
PDF_MARK = b"%PDF-"
LINE = re.compile(
    rb"\n%XYGY-REPORT/1 ([a-z0-9]{1,20}) ([A-Za-z0-9._-]{1,40}) ([0-9A-Z]{16,24}) ([0-9a-f]{64}) ([0-9a-f]{128})\n\Z"
)
NUMBER = re.compile(r"[0-9A-Z]{16,24}")
SIGNATURE = re.compile(r"[0-9a-f]{128}")
MARKED = {"format", "algorithm", "key", "sm3", "value"}
NOT_OURS = "不是本平台的信用报告文件"
REWRITTEN = "文件的书写形式被改动"


def statement(key: PublicKey, number: str, sm3: str) -> bytes:
    """Return the words that are signed."""
    return f"{FORMAT} {key.algorithm} {key.key_id} {number} {sm3}".encode()


def signed_json(report: dict[str, Any], by: Signer) -> bytes:
    """Return the report as a signed file, in canonical form."""
    sm3 = digest(canonical(report))
    value = by.sign(statement(by.key, report["number"], sm3)).hex()
    mark = {"format": FORMAT, "algorithm": by.key.algorithm, "key": by.key.key_id, "sm3": sm3, "value": value}
    return canonical({"report": report, "signature": mark}) + b"\n"


def signed_pdf(pdf: bytes, number: str, by: Signer) -> bytes:
    """Return the PDF with its signature in a line after the end mark."""
    words = statement(by.key, number, digest(pdf))
    return pdf + b"\n%" + words + b" " + by.sign(words).hex().encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a file says of itself. genuine: every byte is as it was signed; why: what is wrong, or ""."""

    genuine: bool
    why: str
    digest: str
    number: str = ""
    key_id: str = ""
    algorithm: str = ""


def examine(content: bytes, keys: Mapping[str, PublicKey]) -> Finding:
    """Return whether this file is a report as it was issued, from its bytes and public keys alone."""
    return _pdf(content, keys) if content.startswith(PDF_MARK) else _json(content, keys)


def _pdf(content: bytes, keys: Mapping[str, PublicKey]) -> Finding:
    mark = LINE.search(content)
    if mark is None:
        return Finding(False, "没有签名行，或者签名行被改动", digest(content))
    algorithm, key_id, number, sm3, value = (part.decode() for part in mark.groups())
    return _judged(content, content[: mark.start()], (algorithm, key_id, number, sm3, value), keys)


def _json(content: bytes, keys: Mapping[str, PublicKey]) -> Finding:
    try:
        document = json.loads(content)
        report, mark = document["report"], document["signature"]
        number = report["number"]
        words = (mark["algorithm"], mark["key"], number, mark["sm3"], mark["value"])
        shaped = set(document) == {"report", "signature"} and set(mark) == MARKED and mark["format"] == FORMAT
        rewritten = canonical(document) + b"\n" != content
        carried = canonical(report)
    except (ValueError, TypeError, KeyError, RecursionError):
        return Finding(False, NOT_OURS, digest(content))
    if not shaped or not all(isinstance(word, str) for word in words):
        return Finding(False, NOT_OURS, digest(content))
    if rewritten or not NUMBER.fullmatch(number) or not SIGNATURE.fullmatch(mark["value"]):
        return Finding(False, REWRITTEN, digest(content))
    return _judged(content, carried, words, keys)


def _judged(
    content: bytes, carried: bytes, words: tuple[str, str, str, str, str], keys: Mapping[str, PublicKey]
) -> Finding:
    algorithm, key_id, number, sm3, value = words
    key = keys.get(key_id)
    why = ""
    if key is None or key.algorithm != algorithm:
        why = "签名所用的密钥不在公布的公钥之中，不能认定是本平台签发的"
    elif digest(carried) != sm3:
        why = "内容与签名时不一致，文件被改动"
    elif not key.verify(statement(key, number, sm3), bytes.fromhex(value)):
        why = "签名不符，签名被改动或者不是本平台签发的"
    return Finding(not why, why, digest(content), number, key_id, algorithm)
