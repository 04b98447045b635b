"""A provincial login of our own: its key pair, its published keys, and the tokens it gives to who has logged in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.test import override_settings
from jwcrypto import jwk, jws

from core import clock
from core.fields import new_public_id

ISSUER, AUDIENCE = "https://login.example.gov", "xinyong-guangyuan"
NUMBER = "11010519491231002X"  # the example printed in GB 11643


class Login:
    """Signs what it is told; a claim given as None is left out."""

    def __init__(self) -> None:
        self.key = jwk.JWK.generate(kty="OKP", crv="Ed25519", kid="one")

    def published(self) -> str:
        return json.dumps({"keys": [self.key.export_public(as_dict=True)]})

    def token(self, name: str, /, **claims: Any) -> str:
        now = clock.now()
        facts = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "jti": new_public_id(),
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(minutes=5)).timestamp()),
            "name": name,
            "id_type": "id_card",
            "id_number": NUMBER,
        } | claims
        signed = jws.JWS(json.dumps({key: value for key, value in facts.items() if value is not None}))
        signed.add_signature(self.key, "EdDSA", json.dumps({"alg": "EdDSA", "kid": "one"}))
        return str(signed.serialize(compact=True))


@contextmanager
def joined(directory: Path) -> Iterator[Login]:
    """Give a login that the site is joined to."""
    login = Login()
    keys = directory / "login-keys.json"
    keys.write_text(login.published())
    with override_settings(
        PROVINCIAL_LOGIN_ISSUER=ISSUER, PROVINCIAL_LOGIN_AUDIENCE=AUDIENCE, PROVINCIAL_LOGIN_KEYS=str(keys)
    ):
        yield login
