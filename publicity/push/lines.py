"""The line to another system: only addresses from the settings, no redirect followed, bounded in time and size."""

from __future__ import annotations

import http.client
import ipaddress
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from core import clock
from core.masking import mask_text
from publicity.push.sealing import canonical, signature

LARGEST_ANSWER = 16 * 1024 * 1024
CITY_PORTAL, POWER_PLATFORM = "city-portal", "power-platform"


class Fault(Exception):
    """The other side could not be asked, or could not answer; the same is tried again later."""


class Declined(Exception):
    """The other side understood and said no; trying the same again changes nothing."""


class _Straight(urllib.request.HTTPRedirectHandler):
    """Follow nobody to another address."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


# No proxy from the environment, no redirect, no other scheme than HTTP.
_OPENER = urllib.request.OpenerDirector()
for _handler in (
    urllib.request.HTTPHandler(),
    urllib.request.HTTPSHandler(),
    urllib.request.HTTPErrorProcessor(),
    urllib.request.HTTPDefaultErrorHandler(),
    _Straight(),
):
    _OPENER.add_handler(_handler)


@dataclass(frozen=True, slots=True)
class Line:
    """Where a system is and the key by which it knows us; never printed with its key."""

    code: str
    label: str
    url: str
    key: str
    seconds: float

    def __repr__(self) -> str:
        return f"<Line {self.code}>"

    def post(self, path: str, document: Mapping[str, Any]) -> dict[str, Any]:
        return self._ask("POST", path, canonical(document))

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        asked = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", f"{path}?{urlencode(asked)}" if asked else path, b"")

    def _ask(self, method: str, path: str, body: bytes) -> dict[str, Any]:
        """Return the JSON object that the other side answers; Fault or Declined otherwise."""
        moment = clock.now().isoformat()
        request = urllib.request.Request(
            self.url.rstrip("/") + path,
            data=body or None,
            method=method,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "Accept": "application/json",
                "X-Time": moment,
                "X-Signature": signature(self.key, moment, method, path, body),
            },
        )
        try:
            with _OPENER.open(request, timeout=self.seconds) as answer:
                return _read(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise _by_status(error) from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise Fault(f"连接不通：{type(reason).__name__}") from None


def _read(answer: Any) -> dict[str, Any]:
    content = answer.read(LARGEST_ANSWER + 1)
    if len(content) > LARGEST_ANSWER:
        raise Fault("应答过大")
    try:
        found = json.loads(content)
    except ValueError:
        raise Fault("应答不是 JSON") from None
    if not isinstance(found, dict):
        raise Fault("应答格式不符")
    return found


def _by_status(error: urllib.error.HTTPError) -> Exception:
    """Return what a status means: 4xx is a no, all else is tried again (429 and 408 too)."""
    said = ""
    try:
        said = str(json.loads(error.read(4096)).get("message", ""))
    except (ValueError, AttributeError, OSError, http.client.HTTPException):
        said = ""
    words = mask_text(f"应答 {error.code} {said}".strip())[:200]
    if 400 <= error.code < 500 and error.code not in {401, 403, 404, 408, 429}:
        return Declined(words)
    return Fault(words)


def line(code: str) -> Line | None:
    """Return the line to a system of this floor, or None where the settings name no address for it."""
    known = {
        CITY_PORTAL: ("市政府门户网站", settings.CITY_PORTAL_URL, settings.CITY_PORTAL_KEY),
        POWER_PLATFORM: ("行政权力依法规范公开运行平台", settings.POWER_PLATFORM_URL, settings.POWER_PLATFORM_KEY),
    }
    return line_to(code, *known[code])


def line_to(code: str, label: str, url: str, key: str) -> Line | None:
    """Return the line to an address of the settings; None where there is none, an error where it is not a safe one."""
    if not url:
        return None
    _check(code, url, key)
    return Line(code, label, url, key, float(settings.PEER_SECONDS))


def _check(code: str, url: str, key: str) -> None:
    """Refuse an address that is not HTTPS (but for this machine itself), carries a password, or has no key."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
        raise ImproperlyConfigured(f"{code}: the address must be plain http(s)://host[:port][/path]")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname):
        raise ImproperlyConfigured(f"{code}: outside this machine only https")
    if not key:
        raise ImproperlyConfigured(f"{code}: set its key")


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
