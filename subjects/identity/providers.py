"""Logins outside the house, by adapter. The one that ships reads signed tokens; another algorithm is another adapter.

A provincial login hands the portal a token about the person who has just logged in. The token is all that we take: it
is signed by the login, made for us, fresh, and good for one filing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from jwcrypto import jwk, jws
from jwcrypto.common import JWException

from core import clock
from core.identifiers import PERSONAL_TYPES
from core.problems import Violation, refuse
from subjects.enums import LoginCapacity

ALGORITHMS = ["EdDSA", "ES256", "RS256", "PS256"]
LONGEST_TOKEN = 8_000
LIFE = timedelta(minutes=15)  # whatever the token allows itself: a login proves who is there now
SKEW = timedelta(minutes=2)
REMEDY = "重新登录后提交；也可以不用登录凭证，附身份证件和授权文书，由工作人员核验"
BASIS = "个人信息保护法第六条；实施方案 二（三）2"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person as the login knows him. acts_for: the code of the entity that the login has bound him to, or ""."""

    reference: str
    name: str
    id_type: str
    acts_for: str
    capacity: str
    logged_in_at: datetime
    id_number: str = field(repr=False)


class Provider(Protocol):
    """One login. `label` is what officers read."""

    code: str
    label: str

    def read(self, token: str) -> Identity:
        """Return who the token is about; Refused SUB-31 where it is not genuine, SUB-32 where it is not fresh."""
        ...


def _false(detail: str) -> None:
    refuse([Violation("SUB-31", f"登录凭证无效：{detail}", "login", REMEDY, BASIS)])


class SignedLogin:
    """Tokens in JWS compact form, signed with a key of the login's published set (`PROVINCIAL_LOGIN_KEYS`).

    Claims: iss, aud, jti, iat, exp · name, id_type, id_number · org_code and capacity where the login has bound the
    person to an entity.
    """

    code = "province"
    label = "省统一身份认证"

    def read(self, token: str) -> Identity:
        claims = self._claims(token)
        if claims.get("iss") != settings.PROVINCIAL_LOGIN_ISSUER:
            _false("不是省统一身份认证签发的")
        audience = claims.get("aud")
        if settings.PROVINCIAL_LOGIN_AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
            _false("不是为本平台签发的")
        at = self._fresh(claims)
        if claims.get("id_type") not in {kind.value for kind in PERSONAL_TYPES}:
            _false("证件类型不认识")
        capacity = claims.get("capacity", LoginCapacity.SELF.value)
        if capacity not in LoginCapacity.values or (capacity != LoginCapacity.SELF and not claims.get("org_code")):
            _false("代表关系不完整")
        return Identity(
            reference=self._text(claims, "jti", 200),
            name=self._text(claims, "name", 100),
            id_type=str(claims["id_type"]),
            id_number=self._text(claims, "id_number", 50),
            acts_for=str(claims.get("org_code", "")).strip().upper()[:18] if capacity != LoginCapacity.SELF else "",
            capacity=capacity,
            logged_in_at=at,
        )

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            _false("过长")
        try:
            keys = jwk.JWKSet.from_json(Path(settings.PROVINCIAL_LOGIN_KEYS).read_text())
            signed = jws.JWS()
            signed.allowed_algs = ALGORITHMS
            signed.deserialize(token.strip(), keys)
            claims = json.loads(signed.payload)
        except (JWException, ValueError, TypeError):
            _false("签名不符或者格式不对")
        if not isinstance(claims, dict):
            _false("内容不对")
        return dict(claims)

    def _text(self, claims: dict[str, Any], name: str, limit: int) -> str:
        value = claims.get(name)
        if not isinstance(value, str) or not 0 < len(value.strip()) <= limit:
            _false(f"缺少 {name}")
        return str(value).strip()

    def _fresh(self, claims: dict[str, Any]) -> datetime:
        try:
            issued, expires = (datetime.fromtimestamp(int(claims[name]), clock.SHANGHAI) for name in ("iat", "exp"))
        except (KeyError, ValueError, TypeError, OverflowError, OSError):
            _false("没有签发和失效时间")
        now = clock.now()
        if issued > now + SKEW or now > min(expires, issued + LIFE) + SKEW:
            refuse([Violation("SUB-32", "登录凭证已经过期，或者签发时间不对", "login", REMEDY, BASIS)])
        return issued


def provider() -> Provider:
    """Return the login that this site is joined to; Refused SUB-30 where there is none."""
    if not settings.PROVINCIAL_LOGIN_ISSUER:
        wrong = "本平台尚未接入省统一身份认证"
        refuse([Violation("SUB-30", wrong, "login", "去掉登录凭证，附身份证件和授权文书提交", BASIS)])
    found: Provider = import_string(settings.PROVINCIAL_LOGIN_ADAPTER)()
    return found
