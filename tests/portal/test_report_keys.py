"""SM2 as GB/T 32918 has it, and keys that cannot be used: told when the platform starts, without the secret."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from core.problems import Problem
from core.signatures import ed25519, sm2
from core.signatures.keys import PublicKey, SigningKeyError, private_keys, public_keys
from core.signatures.signing import signer
from portal.checks import report_keys

# GB/T 32918.5-2017, annex A.2.
KEY = bytes.fromhex("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8")
PUBLIC = bytes.fromhex(
    "0409F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020"
    "CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13"
)
SIGNATURE = bytes.fromhex(
    "F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"
    "B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA"
)


def test_the_example_of_the_standard_verifies() -> None:
    assert sm2.public_of(KEY) == PUBLIC
    assert sm2.verify(PUBLIC, b"message digest", SIGNATURE)
    assert not sm2.verify(PUBLIC, b"message digesu", SIGNATURE)
    order = sm2.ORDER.to_bytes(32, "big")
    for other in (SIGNATURE[:-1], SIGNATURE + b"\0", bytes(64), order + SIGNATURE[32:], SIGNATURE[:32] + order):
        assert not sm2.verify(PUBLIC, b"message digest", other)


@pytest.mark.parametrize("algorithm", [sm2, ed25519])
def test_what_is_signed_verifies_with_its_key_alone(algorithm: Any) -> None:
    public = algorithm.public_of(KEY)
    algorithm.check_public(public)
    signature = algorithm.sign(KEY, b"report")
    assert len(signature) == 64
    assert algorithm.verify(public, b"report", signature)
    assert not algorithm.verify(public, b"Report", signature)
    assert not algorithm.verify(algorithm.public_of(bytes(range(32))), b"report", signature)


ENCODED = base64.b64encode(KEY).decode()


@pytest.mark.parametrize(
    "entries",
    [
        ["r1"],
        [f"r1:{ENCODED}"],
        [f"r1:rsa:{ENCODED}"],
        ["r1:sm2:not base64"],
        ["r1:sm2:" + base64.b64encode(KEY[:-1]).decode()],
        ["r1:sm2:" + base64.b64encode(sm2.ORDER.to_bytes(32, "big")).decode()],
        ["r1:sm2:" + base64.b64encode(bytes(32)).decode()],
        [f"r 1:sm2:{ENCODED}"],
        [f"r1:sm2:{ENCODED}", f"r1:ed25519:{ENCODED}"],
        [],
    ],
)
def test_RPT_01_a_key_that_cannot_sign_is_told_before_the_start(entries: list[str], settings: Any) -> None:
    settings.REPORT_KEYS = entries
    with pytest.raises(Problem) as caught:
        signer()
    assert caught.value.status == 503
    (told,) = report_keys()
    assert told.id == "portal.E001"
    assert ENCODED not in str(told) + str(caught.value)
    if entries:
        with pytest.raises(SigningKeyError):
            private_keys(entries)


def test_old_public_keys_are_checked_and_secrets_never_shown(settings: Any) -> None:
    assert ENCODED not in repr(private_keys([f"r1:sm2:{ENCODED}"]))
    assert public_keys([f"r1:sm2:{PUBLIC.hex()}"]) == (PublicKey("r1", "sm2", PUBLIC),)
    off_the_curve = PUBLIC[:-1] + b"\x14"
    for written in ("zz", PUBLIC.hex()[:-2], off_the_curve.hex(), (b"\x02" + PUBLIC[1:33]).hex()):
        with pytest.raises(SigningKeyError):
            public_keys([f"r1:sm2:{written}"])
    settings.REPORT_OLD_KEYS = [f"test1:sm2:{PUBLIC.hex()}"]  # the name of the key in use, of another key
    assert [row.id for row in report_keys()] == ["portal.E001"]
