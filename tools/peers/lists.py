"""Lists that the province hands down: manifests in order, rows by page, a digest that adds up, receipts that come back."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from typing import Any

from tools.peers.holding import Answer, Holding
from tools.peers.sealing import canonical, day_digest, sm3

SCHEMA = """
CREATE TABLE IF NOT EXISTS down_list (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, number TEXT NOT NULL UNIQUE, list TEXT NOT NULL, manifest TEXT NOT NULL,
    rows TEXT NOT NULL, receipts TEXT NOT NULL DEFAULT '[]');
"""
AT_ONCE, ROWS_AT_ONCE = 50, 5000


def digest_of(rows: list[dict[str, Any]]) -> str:
    """Return the digest of a list: the same in whatever order and pages its rows come."""
    return day_digest((row["number"], sm3(canonical(row))) for row in rows)


class Lists:
    """Each batch is sealed when it is made; what goes wrong afterwards goes wrong on the way."""

    def __init__(self, holding: Holding) -> None:
        self.holding = holding
        self.truncate = 0  # pages that carry half of their rows and say that they are the last
        self._lock = threading.RLock()
        holding.prepare(SCHEMA)

    def get(self, parts: list[str], asked: dict[str, str]) -> Any:
        if not parts:
            return {"batches": self.manifests(int(asked.get("after", 0)))}
        if len(parts) == 2 and parts[1] == "rows":
            after, limit = int(asked.get("after", 0)), int(asked.get("limit", ROWS_AT_ONCE))
            return self.page(parts[0], after, min(limit, ROWS_AT_ONCE))
        raise Answer(404, {"message": "没有这个接口"})

    def post(self, parts: list[str], document: dict[str, Any]) -> Any:
        if len(parts) != 2 or parts[1] != "receipt":
            raise Answer(404, {"message": "没有这个接口"})
        with self._lock:
            receipts = [*json.loads(self.batch(parts[0])["receipts"]), document]
            words = json.dumps(receipts, ensure_ascii=False)
            self.holding.do("UPDATE down_list SET receipts = ? WHERE number = ?", words, parts[0])
        return {"ok": True}

    def batch(self, number: str) -> dict[str, Any]:
        found = self.holding.rows("SELECT * FROM down_list WHERE number = ?", number)
        if not found:
            raise Answer(404, {"message": "没有这个批次"})
        return found[0]

    def manifests(self, after: int) -> list[dict[str, Any]]:
        rows = self.holding.rows(
            "SELECT seq, manifest FROM down_list WHERE seq > ? ORDER BY seq LIMIT ?", after, AT_ONCE
        )
        return [{**json.loads(row["manifest"]), "seq": row["seq"]} for row in rows]

    def page(self, number: str, after: int, limit: int) -> dict[str, Any]:
        rows = json.loads(self.batch(number)["rows"])
        shown = rows[after : after + limit]
        with self._lock:
            if shown and self.truncate > 0:
                self.truncate -= 1
                return {"rows": shown[: len(shown) // 2], "next": None}
        more = after + len(shown) < len(rows)
        return {"rows": shown, "next": after + len(shown) if more else None}

    # --- commands ---

    def add(self, given: dict[str, Any]) -> dict[str, Any]:
        """Seal a list and hand it out from now on; returns its manifest."""
        rows = given["rows"]
        with self._lock:
            last = self.holding.rows("SELECT coalesce(max(seq), 0) AS last FROM down_list")[0]["last"]
            day = datetime.now(UTC).date()
            number = given.get("number") or f"DOWN-{given['list'].upper()}-{day:%Y%m%d}-{last + 1:04d}"
            manifest = {
                "number": number,
                "source": given["source"],
                "list": given["list"],
                "extent": given.get("extent", "full"),
                "as_of": given.get("as_of", day.isoformat()),
                "count": len(rows),
                "digest": given.get("digest", digest_of(rows)),
            }
            if given.get("follows"):
                manifest["follows"] = given["follows"]
            self.holding.do(
                "INSERT INTO down_list (number, list, manifest, rows) VALUES (?, ?, ?, ?)", number, given["list"],
                json.dumps(manifest, ensure_ascii=False), json.dumps(rows, ensure_ascii=False),
            )  # fmt: skip
        return {**manifest, "seq": last + 1}

    def shrink(self, code: str, share: float) -> dict[str, Any]:
        """Hand out a sealed whole list with a share of the rows of the last one."""
        manifest, rows = self._last(code)
        kept = {name: manifest[name] for name in ("source", "list", "as_of")}
        return self.add({**kept, "extent": "full", "rows": rows[: int(len(rows) * share)]})

    def spoil(self, code: str) -> dict[str, Any]:
        """Hand out the last list again with a digest that does not match."""
        manifest, rows = self._last(code)
        kept = {name: manifest[name] for name in ("source", "list", "as_of", "extent")}
        return self.add({**kept, "rows": rows, "digest": "0" * 64})

    def _last(self, code: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        found = self.holding.rows("SELECT * FROM down_list WHERE list = ? ORDER BY seq DESC LIMIT 1", code)
        if not found:
            raise Answer(404, {"message": "还没有这个名单"})
        return json.loads(found[0]["manifest"]), json.loads(found[0]["rows"])

    def state(self) -> list[dict[str, Any]]:
        """Return every manifest with how many rows it has and the receipts that came."""
        rows = self.holding.rows("SELECT * FROM down_list ORDER BY seq")
        return [
            {
                **json.loads(row["manifest"]),
                "seq": row["seq"],
                "held": len(json.loads(row["rows"])),
                "receipts": json.loads(row["receipts"]),
            }
            for row in rows
        ]
