"""A member of the public at the services online: finds forms on pages, fills them in, presses their buttons."""

from __future__ import annotations

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 64


def upload(name: str = "执照.png", content: bytes = PNG) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def words(answer: HttpResponse) -> str:
    """Return the text of a page without its tags."""
    body = answer.content.decode()
    body = re.sub(r"(?s)<(script|style).*?</\1>", "", body)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", body))


class Visitor:
    """One browser of somebody without an account."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.address = ""
        self.key = ""

    def get(self, address: str, status: int = 200) -> str:
        answer = self.client.get(address)
        assert answer.status_code == status, (address, answer.status_code, words(answer)[:600])
        return words(answer)

    def post(self, address: str, data: dict[str, Any], status: int = 303) -> HttpResponse:
        answer = self.client.post(address, data)
        assert answer.status_code == status, (address, answer.status_code, words(answer)[:900])
        return answer

    def start(self, service: str, kind: str, key: str, status: int = 303) -> str:
        """Begin a draft and open its page; returns what the page says."""
        answer = self.post("/services/start", {"service": service, "kind": kind, "key": key}, status)
        if status != 303:
            return words(answer)
        return self.open(answer["Location"])

    def open(self, address: str) -> str:
        page = self.client.get(address)
        assert page.status_code == 200, words(page)[:600]
        self.address = address.partition("#")[0].partition("?")[0]
        found = re.search(r'name="key" value="([0-9A-Z]{16})"', page.content.decode())
        assert found
        self.key = found[1]
        return words(page)

    def do(self, act: str, status: int = 303, **typed: Any) -> HttpResponse:
        """Press a button of the draft with what is typed."""
        return self.post(self.address, {"key": self.key, "do": act, **typed}, status)

    def file(self, **typed: Any) -> tuple[str, str]:
        """Look the draft over, file it, and return number and secret from the receipt."""
        self.do("check", **typed)
        answer = self.do("file")
        page = self.client.get(answer["Location"]).content.decode()
        number, secret = (re.search(rf'id="{name}">([^<]+)<', page) for name in ("number", "secret"))
        assert number
        assert secret
        return number[1], secret[1]

    def follow(self, number: str, secret: str, status: int = 303) -> str:
        answer = self.post("/services/follow", {"number": number, "secret": secret}, status)
        if status != 303:
            return words(answer)
        assert secret not in answer["Location"]
        return self.get(answer["Location"])

    def act(self, number: str, do: str, status: int = 303, **more: Any) -> HttpResponse:
        """Press a button on the page of what is followed."""
        address = f"/services/follow/{number}"
        given = re.search(r'name="pass" value="([^"]+)"', self.client.get(address).content.decode())
        assert given
        return self.post(address, {"pass": given[1], "do": do, **more}, status)
