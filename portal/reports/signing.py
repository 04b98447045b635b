"""Signatures of reports: which key, which algorithm, and whether what is shown is what was signed.

A report travels as a PDF or as JSON. Both carry their signature themselves, over every other byte, so that one changed
byte is found without asking anybody: the PDF in a line after its end mark, the JSON in a field beside the report.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.utils.module_loading import import_string

from core.problems import Problem

LINE = re.compile(rb"\n%XYGY-REPORT ([A-Za-z0-9]{1,20}) ([A-Za-z0-9._-]{1,40}) ([0-9a-f]{64,512})\n\Z")
PDF_MARK = b"%PDF-"


class Signer(Protocol):
    """One algorithm with the site's keys for it. `public_keys` are what anybody may check with, hex by key id."""

    algorithm: str
    key_id: str

    def sign(self, content: bytes) -> bytes: ...

    def verify(self, key_id: str, content: bytes, signature: bytes) -> bool: ...

    def public_keys(self) -> dict[str, str]: ...


class Ed25519Signer:
    """Ed25519 with the keys of `REPORT_KEYS`, `id:base64 of 32 bytes`, newest first: the first signs, all verify."""

    algorithm = "Ed25519"

    def __init__(self) -> None:
        self._keys: dict[str, Ed25519PrivateKey] = {}
        for entry in settings.REPORT_KEYS:
            key_id, _, encoded = entry.partition(":")
            self._keys[key_id] = Ed25519PrivateKey.from_private_bytes(base64.b64decode(encoded))
        if not self._keys:
            raise Problem("RPT-01", "没有报告签名密钥", status=503, remedy="由系统管理员配置 REPORT_KEYS")
        self.key_id = next(iter(self._keys))

    def sign(self, content: bytes) -> bytes:
        return self._keys[self.key_id].sign(content)

    def verify(self, key_id: str, content: bytes, signature: bytes) -> bool:
        key = self._keys.get(key_id)
        return key is not None and verified(key.public_key(), content, signature)

    def public_keys(self) -> dict[str, str]:
        return {
            key_id: key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
            for key_id, key in self._keys.items()
        }


def verified(key: Ed25519PublicKey, content: bytes, signature: bytes) -> bool:
    """Tell whether the signature is the key's over this content."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


class OfflineVerifier:
    """Checks with public keys alone, as whoever received a report does: hex by key id."""

    algorithm = "Ed25519"

    def __init__(self, keys: dict[str, str]) -> None:
        self._keys = {name: Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)) for name, key in keys.items()}

    def verify(self, key_id: str, content: bytes, signature: bytes) -> bool:
        key = self._keys.get(key_id)
        return key is not None and verified(key, content, signature)


class Verifier(Protocol):
    algorithm: str

    def verify(self, key_id: str, content: bytes, signature: bytes) -> bool: ...


def signer() -> Signer:
    """Return the signer of this site, by setting `REPORT_SIGNER`."""
    found: Signer = import_string(settings.REPORT_SIGNER)()
    return found


def canonical(document: Any) -> bytes:
    """Return the one byte form of a document: keys in order, no blanks, UTF-8."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(content: bytes) -> str:
    """Return the SM3 digest in hex."""
    hasher = hashes.Hash(hashes.SM3())
    hasher.update(content)
    return hasher.finalize().hex()


def signed_json(report: dict[str, Any], by: Signer) -> bytes:
    """Return the report as a signed file, in canonical form."""
    mark = {"algorithm": by.algorithm, "key": by.key_id, "value": by.sign(canonical(report)).hex()}
    return canonical({"report": report, "signature": mark}) + b"\n"


def signed_pdf(pdf: bytes, by: Signer) -> bytes:
    """Return the PDF with its signature in a line after the end mark, which readers of PDF pass over."""
    return pdf + f"\n%XYGY-REPORT {by.algorithm} {by.key_id} {by.sign(pdf).hex()}\n".encode()


@dataclass(frozen=True, slots=True)
class Finding:
    """What a file says of itself. genuine: every byte is as it was signed; why: what is wrong, or ""."""

    genuine: bool
    why: str
    digest: str
    number: str = ""
    key_id: str = ""


def examine(content: bytes, by: Verifier) -> Finding:
    """Return whether this file is a report as it was issued, from its bytes and public keys alone."""
    if content.startswith(PDF_MARK):
        return _examine_pdf(content, by)
    return _examine_json(content, by)


def _examine_pdf(content: bytes, by: Verifier) -> Finding:
    mark = LINE.search(content)
    if mark is None:
        return Finding(False, "没有签名行，或者签名行被改动", digest(content))
    algorithm, key_id = mark[1].decode(), mark[2].decode()
    signature = bytes.fromhex(mark[3].decode())
    return _judged(content[: mark.start()], algorithm, key_id, signature, "", content, by)


def _examine_json(content: bytes, by: Verifier) -> Finding:
    try:
        document = json.loads(content)
        report, mark = document["report"], document["signature"]
        signature = binascii.unhexlify(mark["value"])
        algorithm, key_id, number = str(mark["algorithm"]), str(mark["key"]), str(report["number"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return Finding(False, "不是本平台的信用报告文件", digest(content))
    if canonical(document) + b"\n" != content:
        return Finding(False, "文件的书写形式被改动", digest(content), number, key_id)
    return _judged(canonical(report), algorithm, key_id, signature, number, content, by)


def _judged(
    signed: bytes, algorithm: str, key_id: str, signature: bytes, number: str, content: bytes, by: Verifier
) -> Finding:
    if algorithm != by.algorithm:
        return Finding(False, f"签名算法 {algorithm} 无法核验", digest(content), number, key_id)
    if not by.verify(key_id, signed, signature):
        return Finding(False, "签名不符：内容被改动，或者不是本平台签发的", digest(content), number, key_id)
    return Finding(True, "", digest(content), number, key_id)
