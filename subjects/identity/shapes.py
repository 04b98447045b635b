"""How a login's token comes with a filing through the API."""

from __future__ import annotations

from core.api.params import Param
from subjects.identity.providers import LONGEST_TOKEN

LOGIN = Param("login", label="省统一身份认证返回的登录凭证，可以代替身份证件；只用一次", limit=LONGEST_TOKEN)
