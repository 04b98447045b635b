"""The WSGI program: three interfaces, a page, and the controls by which a test or a demonstration makes them fail."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs

from tools.peers.holding import Answer, Holding, by_day, moment
from tools.peers.page import page
from tools.peers.province import Province
from tools.peers.sealing import canonical, is_signed, sm3

FAULTS = ("refuse", "hang", "delay", "error", "lose", "twice", "reject", "away")
LARGEST = 64 * 1024 * 1024
Start = Callable[[str, list[tuple[str, str]]], Any]
PHRASES = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 500: "Server Error"}


class Application:
    """Faults wait in line per peer; each request takes at most one. A standing fault takes every n-th request."""

    def __init__(self, holding: Holding, keys: dict[str, str]) -> None:
        self.holding, self.keys = holding, keys
        self.province = Province(holding)
        self.faults: dict[str, list[dict[str, Any]]] = {peer: [] for peer in keys}
        self.standing: dict[str, dict[str, Any]] = {}
        self.away_seconds = 0.0
        self.leave: Callable[[], None] = lambda: None
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        peer, _, rest = path.strip("/").partition("/")
        if path == "/":
            words = page(self.holding, self.province.lists, self.faults, self.standing).encode()
            start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(words)))])
            return [words]
        fault = self._next_fault(peer) if peer in self.keys else {}
        name = fault.get("fault", "")
        try:
            if name == "refuse":
                return self._cut(environ, peer, rest, name)
            if name == "hang":
                time.sleep(float(fault.get("seconds", 30)))
                return self._cut(environ, peer, rest, name)
            if name == "delay":
                time.sleep(float(fault.get("seconds", 2)))
            if name == "error":
                raise Answer(500, {"message": "内部错误"})
            status, content = 200, self._answer(environ, peer, rest, fault)
        except Answer as answer:
            status, content = answer.status, answer.content
        if name == "lose":
            return self._cut(environ, peer, rest, name)
        self._asked(peer, environ, rest, name, status)
        body = canonical(content)
        phrase = PHRASES.get(status, "Answer")
        start(f"{status} {phrase}", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return [body, body] if name == "twice" else [body]

    def _next_fault(self, peer: str) -> dict[str, Any]:
        with self._lock:
            waiting, standing = self.faults[peer], self.standing.get(peer)
            if standing is not None:
                standing["seen"] += 1
                if standing["seen"] % standing["every"] == 0:
                    return standing
            if not waiting:
                return {}
            fault = waiting[0]
            fault["times"] -= 1
            if fault["times"] <= 0:
                waiting.pop(0)
            return fault

    def _cut(self, environ: dict[str, Any], peer: str, rest: str, name: str) -> Iterable[bytes]:
        """End the connection without a word."""
        self._asked(peer, environ, rest, name, 0)
        environ["peer.connection"].shutdown(socket.SHUT_RDWR)
        raise ConnectionAbortedError(name)

    def _asked(self, peer: str, environ: dict[str, Any], rest: str, fault: str, status: int) -> None:
        if peer in self.keys:
            self.holding.do(
                "INSERT INTO asked (at, peer, what, fault, status) VALUES (?, ?, ?, ?, ?)",
                moment(), peer, f"{environ['REQUEST_METHOD']} /{rest}", fault, status,
            )  # fmt: skip

    def _answer(self, environ: dict[str, Any], peer: str, rest: str, fault: dict[str, Any]) -> Any:
        method = environ["REQUEST_METHOD"]
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > LARGEST:
            raise Answer(400, {"message": "内容过大"})
        body = environ["wsgi.input"].read(length)
        if peer == "control":
            if environ.get("REMOTE_ADDR") not in {"127.0.0.1", "::1"}:
                raise Answer(403, {"message": "只能从本机控制"})
            return self._control(rest, json.loads(body or b"{}"))
        query = environ.get("QUERY_STRING", "")
        target = f"/{rest}?{query}" if query else f"/{rest}"
        given = environ.get("HTTP_X_TIME", ""), method, target, body, environ.get("HTTP_X_SIGNATURE", "")
        if peer not in self.keys:
            raise Answer(404, {"message": "没有这个接口"})
        if not is_signed(self.keys[peer], *given):
            raise Answer(401, {"message": "签名不符"})
        asked = {name: values[-1] for name, values in parse_qs(query).items()}
        if method == "POST":
            document = json.loads(body)
            answer = self._posted(peer, rest, document, fault)
            if fault.get("fault") == "twice" and "receipts" in answer:
                answer["receipts"] = answer["receipts"] * 2
            return answer
        return self.province.get(rest, asked) if peer == "province" else self._held(peer, rest, asked)

    def _posted(self, peer: str, rest: str, document: dict[str, Any], fault: dict[str, Any]) -> Any:
        if peer == "province":
            return self.province.post(rest, document, fault)
        if peer == "power":
            return self._outcomes(rest, document)
        return self._portal_post(rest, document, fault.get("fault") == "reject")

    def _portal_post(self, rest: str, parcel: dict[str, Any], reject: bool) -> dict[str, Any]:
        if rest != "records":
            raise Answer(404, {"message": "没有这个接口"})
        records = parcel["records"]
        if sm3(canonical(records)) != parcel.get("digest") or len(records) != parcel.get("count"):
            raise Answer(400, {"message": "批次摘要或者数量不符"})
        if reject:
            receipts = [
                {"uid": row["uid"], "generation": row["generation"], "code": "E1001", "message": "主体不符"}
                for row in records
            ]
        else:
            receipts = [self.holding.take(row) for row in records]
        good = sum(row["code"] == "0000" for row in receipts)
        return {
            "batch_no": parcel["batch_no"],
            "received": len(records),
            "accepted": good,
            "rejected": len(records) - good,
            "receipts": receipts,
        }

    def _outcomes(self, rest: str, document: dict[str, Any]) -> dict[str, Any]:
        """Keep what became of the decisions that were handed over."""
        if rest != "outcomes":
            raise Answer(404, {"message": "没有这个接口"})
        for row in document["rows"]:
            self.holding.do(
                "UPDATE decision SET outcome = ?, note = ? WHERE kind = ? AND uid = ?",
                row["outcome"], row.get("note", ""), document["kind"], row["uid"],
            )  # fmt: skip
        return {"received": len(document["rows"])}

    def _held(self, peer: str, rest: str, asked: dict[str, str]) -> Any:
        kind = asked.get("kind", "")
        held = self.holding.public if peer == "portal" else self.holding.decisions
        if rest == "span":
            days = [row["decided_on"] for row in held(kind, "0000", "9999")]
            return {"first": min(days), "last": max(days)} if days else {"first": None, "last": None}
        if rest == "digests":
            return {"days": by_day(held(kind, asked["first"], asked["last"]))}
        if rest == "rows":
            day = asked["decided_on"]
            names = ("uid", "digest", "generation")
            return {"rows": [{name: row[name] for name in names} for row in held(kind, day, day)]}
        if peer == "power" and rest == "decisions":
            limit = min(int(asked.get("limit", 500)), 1000)
            named = [uid for uid in asked.get("uids", "").split(",") if uid]
            return {"rows": self.holding.handed(int(asked.get("after", 0)), limit, named)}
        if peer == "power" and rest == "counts":
            return {"rows": self.holding.counts(kind, asked["first"], asked["last"])}
        raise Answer(404, {"message": "没有这个接口"})

    def _control(self, rest: str, given: dict[str, Any]) -> Any:
        if rest.startswith("province/"):
            return self.province.control(rest.removeprefix("province/"), given)
        act = getattr(self, f"_do_{rest.replace('-', '_')}", None)
        if act is None:
            raise Answer(404, {"message": "没有这个控制"})
        return act(given)

    def _do_fault(self, given: dict[str, Any]) -> Any:
        """Let the next requests fail in one way; away takes the whole program off its port for a while."""
        if given["fault"] not in FAULTS:
            raise Answer(400, {"message": f"故障只有 {'、'.join(FAULTS)}"})
        if given["fault"] == "away":
            self.away_seconds = float(given.get("seconds", 5))
            self.leave()
            return {"away": self.away_seconds}
        peer = given.get("peer", "portal")
        with self._lock:
            if "every" in given:
                self.standing[peer] = {**given, "every": int(given["every"]), "seen": 0}
            else:
                self.faults[peer].append({**given, "times": int(given.get("times", 1))})
        return {"waiting": self.faults, "standing": self.standing}

    def _do_heal(self, given: dict[str, Any]) -> Any:
        with self._lock:
            self.faults, self.standing = {peer: [] for peer in self.keys}, {}
        return {"waiting": self.faults}

    def _do_alter(self, given: dict[str, Any]) -> Any:
        changed = self.holding.do(
            "UPDATE record SET document = json_set(document, '$.authority_name', ?) WHERE uid = ?",
            given.get("authority_name", "被改动的机关"), given["uid"],
        )  # fmt: skip
        return {"changed": changed}

    def _do_drop(self, given: dict[str, Any]) -> Any:
        return {"changed": self.holding.do("DELETE FROM record WHERE uid = ?", given["uid"])}

    def _do_drop_decision(self, given: dict[str, Any]) -> Any:
        return {"changed": self.holding.do("DELETE FROM decision WHERE uid = ?", given["uid"])}

    def _do_add(self, given: dict[str, Any]) -> Any:
        return self.holding.take({**given, "op": "U", "digest": sm3(canonical(given["document"]))})

    def _do_decide(self, given: dict[str, Any]) -> Any:
        for row in given["rows"]:
            self.holding.put_decision(row)
        return {"added": len(given["rows"])}

    def _do_state(self, given: dict[str, Any]) -> Any:
        return {
            "records": self.holding.rows("SELECT * FROM record ORDER BY decided_on, uid"),
            "decisions": self.holding.rows("SELECT * FROM decision ORDER BY seq"),
            "asked": self.holding.rows("SELECT * FROM asked ORDER BY id"),
            "waiting": self.faults,
        }
