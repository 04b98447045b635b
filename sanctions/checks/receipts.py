"""The receipt of a check: its document in one canonical form, the SM3 digest, the signature, and whether they agree.

What is signed are the words `XYGY-CHECK/1 algorithm key number digest`. The document is made again from what is kept,
so that a byte changed in the check or in any line is found; a caller finds it in what was answered to him, offline.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from core import clock
from core.digests import canonical, sm3
from core.problems import Problem
from core.signatures.keys import PublicKey
from core.signatures.signing import known_keys, quick_signer
from sanctions.models import Check

FORMAT = "XYGY-CHECK/1"


@dataclass(frozen=True, slots=True)
class Seal:
    """What proves a document."""

    digest: str
    algorithm: str
    key_id: str
    signature: str


def header(check: Check, unit: str) -> dict[str, Any]:
    """Return what the document says of the call itself; `unit` is the code of the unit that asked."""
    return {
        "format": FORMAT,
        "number": check.public_id,
        "unit": unit,
        "asked_by": check.asked_by_label,
        "asked_at": check.asked_at.astimezone(clock.SHANGHAI).isoformat(),
        "on": check.asked_on.isoformat(),
        "position": check.position,
        "matter": {"kind": check.matter_kind, "name": check.matter_name, "number": check.business_number},
        "count": check.count,
        "sandbox": check.sandbox,
        "sources": check.sources,
    }


def document(head: dict[str, Any], lines: Iterable[bytes]) -> bytes:
    """Return the canonical bytes of the whole document out of its lines, each canonical already."""
    return b'{"check":' + canonical(head) + b',"lines":[' + b",".join(lines) + b"]}"


def statement(key: PublicKey, number: str, digest: str) -> bytes:
    """Return the words that are signed."""
    return f"{FORMAT} {key.algorithm} {key.key_id} {number} {digest}".encode()


def sealed(number: str, content: bytes) -> Seal:
    """Return the proof of a document, by the quick key (ADR 0029)."""
    by, digest = quick_signer(), sm3(content)
    return Seal(digest, by.key.algorithm, by.key.key_id, by.sign(statement(by.key, number, digest)).hex())


def with_proof(content: bytes, seal: Seal) -> bytes:
    """Return what the caller is given: the very bytes that were signed, with their proof."""
    mark = {"format": FORMAT, "algorithm": seal.algorithm, "key": seal.key_id, "value": seal.signature}
    return content[:-1] + b"," + canonical({"digest": seal.digest, "signature": mark})[1:]


def seal_of(check: Check) -> Seal:
    """Return the proof that is kept with a check."""
    key = known_keys().get(check.key_id)
    return Seal(check.digest, key.algorithm if key else "", check.key_id, check.signature)


def kept(check: Check) -> bytes:
    """Return the document as what is kept gives it; one statement."""
    lines = check.lines.order_by("line").values_list("answer", flat=True)
    return document(header(check, check.unit.code), (canonical(line) for line in lines))


def verify(check: Check) -> str:
    """Return "" where what is kept is what was signed, else what is wrong."""
    return _judged(check.public_id, kept(check), check.digest, check.key_id, check.signature, known_keys())


def examine(answer: Any, keys: dict[str, PublicKey]) -> str:
    """Return "" where an answer as it was given to a caller is genuine, from itself and public keys alone."""
    try:
        number, mark = answer["check"]["number"], answer["signature"]
        content = canonical({"check": answer["check"], "lines": answer["lines"]})
        return _judged(number, content, answer["digest"], mark["key"], mark["value"], keys)
    except (TypeError, KeyError):
        return "不是核查回执：缺少 check、lines、digest 或者 signature"


def _judged(number: str, content: bytes, digest: str, key_id: str, signature: str, keys: dict[str, PublicKey]) -> str:
    key = keys.get(key_id)
    if key is None:
        return f"没有编号为 {key_id} 的公钥"
    if sm3(content) != digest:
        return "内容与摘要不符，已被改动"
    try:
        genuine = key.verify(statement(key, number, digest), bytes.fromhex(signature))
    except ValueError:
        genuine = False
    return "" if genuine else "签名与内容不符"


def genuine(check: Check) -> bytes:
    """Return the document as it was signed; Problem 500 CHK-20 where what is kept is something else."""
    content = kept(check)
    wrong = _judged(check.public_id, content, check.digest, check.key_id, check.signature, known_keys())
    if wrong:
        raise Problem(
            "CHK-20", f"回执 {check.public_id} 校验失败：{wrong}", status=500, remedy="由系统管理员核对数据库"
        )
    return content
