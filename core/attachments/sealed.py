"""The encrypted file format: sealed in chunks, so that a large file streams, seeks, and cannot be cut or reordered.

Header: magic, length of the key id, key id, 16 random bytes. Then chunks of 64 KiB, each SM4-GCM with its number as
nonce and "last or not" as associated data, under a key derived from the ring and the header's random bytes.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from core.keys import KeyRingError, ring
from core.problems import Problem

MAGIC = b"SEALED1\n"
CHUNK, TAG, SALT = 64 * 1024, 16, 16
PURPOSE = "attachment"


def _key(key_id: str, salt: bytes) -> bytes:
    return ring().derive(key_id, PURPOSE, 16, salt)


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _seal(key: bytes, number: int, plain: bytes, *, last: bool) -> bytes:
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(_nonce(number))).encryptor()
    encryptor.authenticate_additional_data(b"last" if last else b"more")
    return encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def _open(key: bytes, number: int, sealed: bytes, *, last: bool) -> bytes:
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(_nonce(number), sealed[-TAG:])).decryptor()
    decryptor.authenticate_additional_data(b"last" if last else b"more")
    return decryptor.update(sealed[:-TAG]) + decryptor.finalize()


def _rechunk(parts: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces of exactly CHUNK bytes, the last one shorter or empty, each with whether it is the last."""
    waiting = bytearray()
    for part in parts:
        waiting += part
        while len(waiting) > CHUNK:
            yield bytes(waiting[:CHUNK]), False
            del waiting[:CHUNK]
    yield bytes(waiting), True


def seal(parts: Iterable[bytes], target: IO[bytes]) -> None:
    """Write the encrypted form of the parts to the target, holding one chunk at a time."""
    key_id, salt = ring().current, os.urandom(SALT)
    key, name = _key(key_id, salt), key_id.encode()
    target.write(MAGIC + bytes([len(name)]) + name + salt)
    for number, (plain, last) in enumerate(_rechunk(parts)):
        target.write(_seal(key, number, plain, last=last))


def _damaged() -> Problem:
    return Problem("ATT-06", "附件内容校验失败，无法打开", status=500, remedy="由系统管理员核对附件存储和密钥是否完整")


def _locked(key_id: str) -> Problem:
    return Problem(
        "ATT-06",
        f"附件由密钥 {key_id} 加密，该密钥不在现有密钥中，无法打开",
        status=500,
        remedy="由系统管理员把该密钥放回 PERSONAL_KEYS 末尾，运行 rotate_personal_keys 后再撤下",
    )


def read_header(source: IO[bytes]) -> tuple[str, bytes]:
    """Return the key id and the salt with which a sealed file begins; Problem ATT-06 where it does not."""
    if source.read(len(MAGIC)) != MAGIC:
        raise _damaged()
    length = source.read(1)
    key_id, salt = source.read(length[0] if length else 0), source.read(SALT)
    if len(salt) < SALT or not key_id.isascii():
        raise _damaged()
    return key_id.decode(), salt


class SealedReader(io.RawIOBase):
    """The plain content of a sealed file, read and sought without ever lying on disk."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        key_id, salt = read_header(source)
        try:
            self._key = _key(key_id, salt)
        except KeyRingError:
            raise _locked(key_id) from None
        self._start = source.tell()
        sealed_size = source.seek(0, os.SEEK_END) - self._start
        self._chunks, rest = divmod(sealed_size, CHUNK + TAG)
        if rest:
            self._chunks += 1
        if self._chunks == 0 or 0 < rest < TAG:
            raise _damaged()
        self.size = sealed_size - self._chunks * TAG
        self._at = 0
        self._held: tuple[int, bytes] = (-1, b"")

    def _chunk(self, number: int) -> bytes:
        if self._held[0] != number:
            self._source.seek(self._start + number * (CHUNK + TAG))
            sealed = self._source.read(CHUNK + TAG)
            try:
                plain = _open(self._key, number, sealed, last=number == self._chunks - 1)
            except InvalidTag:
                raise _damaged() from None
            self._held = (number, plain)
        return self._held[1]

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("negative position")
        self._at = base + offset
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._at >= self.size:
            if self.size == 0:
                self._chunk(0)  # even an empty file proves itself
            return 0
        number, inside = divmod(self._at, CHUNK)
        piece = self._chunk(number)[inside : inside + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._source.close()
        super().close()
