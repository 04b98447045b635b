"""Numbers of natural persons: protect, find, show to whom it may concern, and rotate the keys.

SM4-GCM for the number, HMAC-SM3 for the blind index, keys from `core.keys`; see docs/adr/0005-personal-numbers.md.
A number never enters a message, a log, a `repr` or a URL.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.db import connection, transaction
from django.db.models import Count, Q

from core import clock, permissions
from core.actors import Actor
from core.attachments.rotation import files_by_key
from core.identifiers import IdentifierType, normalize, validate
from core.keys import derived, ring
from core.masking import mask_id, mask_phone, mask_text
from core.models.personal import PHONE, PersonalIdentifier, PersonalReveal
from core.problems import Problem, Violation, refuse
from core.sealed_text import texts_by_key

REVEAL = "core.personal.reveal"
NONCE_BYTES, TAG_BYTES = 12, 16
LOCK_SPACE = 0x5045  # first half of the advisory locks taken here
CHUNK = 2_000
MOBILE = re.compile(r"1[3-9][0-9]{9}")


@lru_cache(maxsize=8)
def _keyed(key: bytes) -> hmac.HMAC:
    """Return a MAC that has taken its key in and nothing else; copies of it cost half of a new one."""
    return hmac.HMAC(key, hashes.SM3())


def _digest(kind: str, number: str, key_id: str) -> bytes:
    """Return the blind index of a number in normal form under one key."""
    mac = _keyed(derived(key_id, "blind index", 32)).copy()
    mac.update(f"{kind}:{number}".encode())
    return mac.finalize()


def _cipher(key_id: str, nonce: bytes, tag: bytes | None = None) -> Cipher[modes.GCM]:
    return Cipher(algorithms.SM4(derived(key_id, "personal number", 16)), modes.GCM(nonce, tag))


def _bound(kind: str, key_id: str, index: bytes) -> bytes:
    """Return the associated data: a ciphertext moved to another row, kind or key does not open."""
    return b"|".join((kind.encode(), key_id.encode(), index))


def _encrypt(kind: str, number: str, key_id: str, index: bytes) -> tuple[bytes, bytes]:
    nonce = os.urandom(NONCE_BYTES)
    encryptor = _cipher(key_id, nonce).encryptor()
    encryptor.authenticate_additional_data(_bound(kind, key_id, index))
    return nonce, encryptor.update(number.encode()) + encryptor.finalize() + encryptor.tag


def _decrypt(row: PersonalIdentifier) -> str:
    sealed = bytes(row.ciphertext)
    decryptor = _cipher(row.key_id, bytes(row.nonce), sealed[-TAG_BYTES:]).decryptor()
    decryptor.authenticate_additional_data(_bound(row.type, row.key_id, bytes(row.index_current)))
    try:
        return (decryptor.update(sealed[:-TAG_BYTES]) + decryptor.finalize()).decode()
    except InvalidTag:
        raise Problem(
            "PER-03",
            f"证件号码 #{row.pk} 的密文校验失败",
            status=500,
            remedy="由系统管理员核对密钥文件和数据库是否同源",
        ) from None


def _matching(digests: Iterable[bytes]) -> Q:
    wanted = list(digests)
    return Q(index_current__in=wanted) | Q(index_previous__in=wanted)


def _owners(kind: str, numbers: Iterable[str]) -> tuple[dict[str, PersonalIdentifier], dict[str, list[bytes]]]:
    """Return the rows that own these numbers under any key in the ring, and every number's digests, current first."""
    digests = {number: [_digest(kind, number, key_id) for key_id in ring().ids] for number in numbers}
    owner_of = {digest: number for number, all_of in digests.items() for digest in all_of}
    found: dict[str, PersonalIdentifier] = {}
    for row in PersonalIdentifier.objects.filter(_matching(owner_of), type=kind):
        for index in (row.index_current, row.index_previous):
            number = owner_of.get(bytes(index)) if index is not None else None
            if number is not None:
                found[number] = row
    return found, digests


def find(kind: str, number: str) -> PersonalIdentifier | None:
    """Return the row that owns this number, at any moment of a rotation, or None. Reveals nothing."""
    return find_many(kind, [number]).get(number)


def find_many(kind: str, numbers: Iterable[str]) -> dict[str, PersonalIdentifier]:
    """Return the owning rows of these numbers, keyed by the text given; unknown numbers are absent. Set-based."""
    plain = {text: normalize(kind, text) for text in numbers}
    found: dict[str, PersonalIdentifier] = {}
    for chunk in _chunks(sorted(set(plain.values()) - {""})):
        found.update(_owners(kind, chunk)[0])
    return {text: found[number] for text, number in plain.items() if number in found}


def protect(kind: str, number: str, *, field: str = "identifier") -> PersonalIdentifier:
    """Return the one row that owns this number, made now if need be; two callers at once get the same row.

    Raises Refused (ID-01 … ID-08) where the number breaks a rule of its kind.
    """
    return protect_many(kind, [number], field=field)[number]


def protect_many(kind: str, numbers: Iterable[str], *, field: str = "identifier") -> dict[str, PersonalIdentifier]:
    """Return the owning rows of these numbers, keyed by the text given, making those that are missing. Set-based."""
    texts = list(dict.fromkeys(numbers))
    if kind not in IdentifierType.values or not IdentifierType(kind).is_personal:
        refuse([Violation("PER-01", "该证照类型不属于自然人", field, "法人和其他组织的证照号码不在此保存")])
    for text in texts:
        refuse(validate(kind, text, field=field))
    plain = {text: normalize(kind, text) for text in texts}
    found: dict[str, PersonalIdentifier] = {}
    for chunk in _chunks(sorted(set(plain.values()))):
        found.update(_claim(kind, chunk))
    return {text: found[number] for text, number in plain.items()}


def protect_set(numbers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Return the keys of the rows that own these (kind, number) pairs, making those that are missing.

    The set-based twin of `protect` for tables of many rows: two look-ups and one insert, whatever the number of pairs.
    Refused (ID-01 … ID-08, PER-01) where one of them breaks a rule of its kind; nothing is written then.
    """
    plain = {pair: (pair[0], normalize(*pair)) for pair in dict.fromkeys(numbers)}
    for kind, number in plain:
        if kind not in IdentifierType.values or not IdentifierType(kind).is_personal:
            refuse([Violation("PER-01", "该证照类型不属于自然人", "identifier", "法人和其他组织的证照号码不在此保存")])
        refuse(validate(kind, number))
    wanted = sorted(set(plain.values()))
    digests = [[_digest(kind, number, key_id) for key_id in ring().ids] for kind, number in wanted]
    found = _owner_keys(wanted, digests)
    if len(found) < len(wanted):
        with transaction.atomic():
            _shut_out_older_rings()
            found = _owner_keys(wanted, digests)
            _insert_set([(*pair, all_of) for pair, all_of in zip(wanted, digests, strict=True) if pair not in found])
            found = _owner_keys(wanted, digests)
    return {pair: found[normal] for pair, normal in plain.items()}


def _owner_keys(pairs: list[tuple[str, str]], digests: list[list[bytes]]) -> dict[tuple[str, str], int]:
    """Return the keys of the rows that own these pairs under any key in the ring, by either index."""
    places = [at for at, all_of in enumerate(digests) for _ in all_of]
    asked: list[Any] = [places, [pairs[at][0] for at in places], [digest for all_of in digests for digest in all_of]]
    by_index = " UNION ALL ".join(
        "SELECT wanted.at, kept.id FROM wanted JOIN core_personalidentifier kept"
        f" ON kept.{index} = wanted.digest AND kept.type = wanted.kind"
        for index in ("index_current", "index_previous")
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH wanted AS MATERIALIZED (SELECT * FROM unnest(%s::int[], %s::text[], %s::bytea[])"
            f" AS given(at, kind, digest)) {by_index}",
            asked,
        )
        return {pairs[at]: key for at, key in cursor.fetchall()}


def _insert_set(rows: list[tuple[str, str, list[bytes]]]) -> None:
    """Insert the owners of these numbers, in the order of their indexes so that two who do it at once never cross."""
    key_id, now = ring().current, clock.now()
    columns: list[list[Any]] = [[], [], [], [], []]
    for kind, number, (index, *older) in sorted(rows, key=lambda row: row[2][0]):
        for column, value in zip(
            columns, (kind, *_encrypt(kind, number, key_id, index), index, older[0] if older else None), strict=True
        ):
            column.append(value)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_personalidentifier"
            " (type, key_id, nonce, ciphertext, index_current, index_previous, created_at)"
            " SELECT kind, %s, nonce, sealed, current, previous, %s"
            " FROM unnest(%s::text[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[])"
            " AS fresh(kind, nonce, sealed, current, previous) ORDER BY current ON CONFLICT DO NOTHING",
            [key_id, now, *columns],
        )


def protect_phone(text: str, *, field: str = "phone") -> PersonalIdentifier:
    """Return the row that holds this mobile number, made now if need be; Refused ID-09 for anything else."""
    plain = mobile(text)
    if not plain:
        refuse([Violation("ID-09", "手机号码应为 1 开头的 11 位数字", field, "核对手机号码")])
    return _claim(PHONE[0], [plain])[plain]


def mobile(text: str) -> str:
    """Return a mobile number in its one form; "" for anything else."""
    plain = normalize(PHONE[0], text).removeprefix("+86")
    return plain if MOBILE.fullmatch(plain) else ""


def phone_to_send_to(row: PersonalIdentifier) -> str:
    """Return a mobile number in clear for the gateway that it is handed to; numbers of papers are never given so."""
    if row.type != PHONE[0]:
        raise Problem("PER-04", "证件号码不能用于发送", status=500, remedy="只有手机号码可以发送短信")
    return _decrypt(row)


def _chunks(numbers: list[str]) -> Iterable[list[str]]:
    return (numbers[start : start + CHUNK] for start in range(0, len(numbers), CHUNK))


def _claim(kind: str, numbers: list[str]) -> dict[str, PersonalIdentifier]:
    """Find or insert these numbers; the unique indexes decide between two who insert the same one at once."""
    found, digests = _owners(kind, numbers)
    if all(number in found for number in numbers):
        return found
    with transaction.atomic():
        _shut_out_older_rings()
        found, _ = _owners(kind, numbers)  # sees what others committed while we waited
        rows = []
        for number in numbers:
            if number not in found:
                index, *older = digests[number]
                nonce, sealed = _encrypt(kind, number, ring().current, index)
                row = PersonalIdentifier(type=kind, key_id=ring().current, nonce=nonce, ciphertext=sealed)
                row.index_current, row.index_previous = index, older[0] if older else None
                rows.append(row)
        PersonalIdentifier.objects.bulk_create(rows, ignore_conflicts=True)
        return _owners(kind, numbers)[0]


def _shut_out_older_rings() -> None:
    """Let nobody insert meanwhile whose ring has an older first key: he would not see the indexes written here.

    One shared lock in ordinary times; while two keys are in the ring, inserting transactions take turns.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s)", [LOCK_SPACE, _lock_of(ring().current)])
        for key_id in ring().ids[1:]:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_SPACE, _lock_of(key_id)])


def _lock_of(key_id: str) -> int:
    return int.from_bytes(derived(key_id, "blind index lock", 4), "big", signed=True)


def masked(row: PersonalIdentifier) -> str:
    """Return the number with its middle hidden, for pages where the person is known anyway; needs no permission."""
    number = _decrypt(row)
    return mask_phone(number) if row.type == PHONE[0] else mask_id(number)


def reveal(row: PersonalIdentifier, *, actor: Actor, reason: str) -> str:
    """Return the number in clear to one who may see it, and record who, when and why before it is decrypted.

    Raises NotPermitted without `core.personal.reveal`, Refused PER-02 without a reason.
    """
    permissions.require(actor, REVEAL)
    if not reason.strip():
        refuse([Violation("PER-02", "查看证件号码须写明理由", "reason", "填写查看的事由，如核对材料的事项编号")])
    with transaction.atomic():
        PersonalReveal.objects.create(
            identifier=row,
            actor_kind=actor.kind,
            actor_key=actor.key,
            actor_label=actor.label,
            assignment_id=actor.assignment_id,
            unit_id=actor.unit_id,
            reason=mask_reason(reason),
        )
        return _decrypt(row)


def mask_reason(reason: str) -> str:
    """Return the reason without the very numbers that this module hides."""
    return mask_text(reason.strip())


@dataclass(frozen=True, slots=True)
class Rotation:
    """How far a rotation is: rows sealed anew, old indexes dropped, rows still to do."""

    resealed: int
    cleared: int
    remaining: int

    @property
    def done(self) -> bool:
        return self.remaining == 0


def rotate(batch_size: int = 1_000) -> Rotation:
    """Seal one batch of rows under the current key; call until `done`. Safe to stop, repeat and run twice at once.

    A resealed row keeps the index of the key it came from, so processes that still run with the older ring find it.
    Once that key has left the settings, the same call drops the indexes it made.
    """
    with transaction.atomic():
        rows = list(
            PersonalIdentifier.objects.select_for_update(skip_locked=True)
            .exclude(key_id=ring().current)
            .order_by("id")[:batch_size]
        )
        for row in rows:
            number = _decrypt(row)
            row.index_previous = row.index_current
            row.index_current = _digest(row.type, number, ring().current)
            row.nonce, row.ciphertext = _encrypt(row.type, number, ring().current, row.index_current)
            row.key_id = ring().current
        _write(rows)
        cleared = 0 if rows or len(ring().ids) > 1 else _drop_old_indexes(batch_size)
    remaining = PersonalIdentifier.objects.exclude(key_id=ring().current)
    stale = PersonalIdentifier.objects.filter(index_previous__isnull=False)
    left = remaining.count() + (stale.count() if len(ring().ids) == 1 else 0)
    return Rotation(len(rows), cleared, left)


def _write(rows: list[PersonalIdentifier]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {PersonalIdentifier._meta.db_table} AS target SET key_id = fresh.key_id, nonce = fresh.nonce,"
            " ciphertext = fresh.ciphertext, index_current = fresh.current, index_previous = fresh.previous"
            " FROM unnest(%s::bigint[], %s::text[], %s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[])"
            " AS fresh(id, key_id, nonce, ciphertext, current, previous) WHERE target.id = fresh.id",
            [
                [row.pk for row in rows],
                [row.key_id for row in rows],
                *([bytes(getattr(row, name) or b"") for row in rows] for name in _BYTES),
            ],
        )


_BYTES = ("nonce", "ciphertext", "index_current", "index_previous")


def _drop_old_indexes(batch_size: int) -> int:
    batch = PersonalIdentifier.objects.filter(index_previous__isnull=False).order_by("id")[:batch_size]
    return PersonalIdentifier.objects.filter(pk__in=batch.values("pk")).update(index_previous=None)


def keys_needed() -> Mapping[str, int]:
    """Return how many numbers, kept files and texts each key id still seals: a key may leave the settings only at zero."""
    rows = PersonalIdentifier.objects.order_by("key_id").values_list("key_id").annotate(rows=Count("pk"))
    needed = Counter(dict(rows)) + files_by_key() + texts_by_key()
    return dict(sorted(needed.items()))
