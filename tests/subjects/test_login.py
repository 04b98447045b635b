"""A login outside the house proves who files: signed, for us, fresh, and used once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jwcrypto import jwk

from core import clock, personal
from core.problems import Refused
from subjects.identity import services
from subjects.identity.providers import SignedLogin
from subjects.models import LoginProof
from tests.factories.login import NUMBER, Login, joined
from tests.support.refusals import database_refuses, sql

pytestmark = pytest.mark.django_db


@pytest.fixture
def login(tmp_path: Path) -> Iterator[Login]:
    with joined(tmp_path) as made:
        yield made


def code_of(token: str) -> str:
    with pytest.raises(Refused) as caught:
        services.prove(token)
    return caught.value.errors[0].code


def test_a_proof_keeps_the_number_encrypted_only(login: Login) -> None:
    token = login.token("示例李四", org_code="91510899MA00000X0B", capacity="agent")
    proof = services.prove(token)
    assert personal.find("id_card", NUMBER) == proof.identifier
    assert (proof.acts_for, proof.capacity) == ("91510899MA00000X0B", "agent")
    assert NUMBER not in str(sql("SELECT row_to_json(p)::text FROM subjects_loginproof p"))
    assert NUMBER not in services.words(proof)
    assert "登记为 91510899MA00000X0B 的经办人" in services.words(proof)
    assert NUMBER not in repr(SignedLogin().read(token))


def test_SUB_30_no_login_is_joined() -> None:
    assert code_of(Login().token("示例李四")) == "SUB-30"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"name": None},
        {"name": 7},
        {"jti": ""},
        {"id_type": "uscc"},
        {"id_number": None},
        {"iat": None},
        {"exp": "soon"},
        {"exp": 1e40},
        {"capacity": "king"},
        {"capacity": "agent"},
    ],
)
def test_SUB_31_a_token_must_be_whole_and_for_us(login: Login, claims: dict[str, Any]) -> None:
    assert code_of(login.token("示例李四", **claims)) == "SUB-31"
    assert not LoginProof.objects.exists()


def test_SUB_31_a_token_must_be_signed_by_the_login(login: Login) -> None:
    token = login.token("示例李四")
    head, body, mark = token.split(".")
    assert code_of(f"{head}.{body}.{mark[:-4]}AAAA") == "SUB-31"
    assert code_of(f"{head}.{body}.") == "SUB-31"
    assert code_of("x" * 9_000) == "SUB-31"
    login.key = jwk.JWK.generate(kty="OKP", crv="Ed25519", kid="one")
    assert code_of(login.token("示例李四")) == "SUB-31"


def test_SUB_31_an_unsigned_algorithm_is_no_signature(login: Login) -> None:
    _, body, _ = login.token("示例李四").split(".")
    none = "eyJhbGciOiJub25lIn0"  # {"alg":"none"}
    assert code_of(f"{none}.{body}.") == "SUB-31"


def test_SUB_32_a_token_is_fresh_whatever_it_allows_itself(login: Login) -> None:
    now = clock.now()
    old, ahead = now - timedelta(minutes=18), now + timedelta(minutes=3)
    far = int((now + timedelta(days=1)).timestamp())
    assert code_of(login.token("示例李四", iat=int(old.timestamp()), exp=far)) == "SUB-32"
    assert code_of(login.token("示例李四", iat=int(ahead.timestamp()), exp=far)) == "SUB-32"
    gone = int((now - timedelta(minutes=3)).timestamp())
    assert code_of(login.token("示例李四", exp=gone)) == "SUB-32"
    just = int((now - timedelta(minutes=14)).timestamp())
    assert services.prove(login.token("示例李四", iat=just, exp=far)).name == "示例李四"


def test_SUB_33_a_token_is_used_once_and_a_proof_never_changes(login: Login) -> None:
    token = login.token("示例李四")
    services.prove(token)
    assert code_of(token) == "SUB-33"
    assert LoginProof.objects.count() == 1
    with database_refuses("CR002"):
        LoginProof.objects.update(name="示例王五")


def test_SUB_34_who_files_is_who_logged_in(login: Login) -> None:
    proof = services.prove(login.token("示例李四"))
    assert services.agrees(proof, " 示例李四", "filer_name") == []
    assert [row.code for row in services.agrees(proof, "示例王五", "filer_name")] == ["SUB-34"]
    assert services.agrees(None, "示例王五", "filer_name") == []
