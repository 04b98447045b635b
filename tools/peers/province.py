"""The reference province: numbers, batches, receipts at once or later, holdings by unit and day, lists for the city.

It keeps to docs/province.md and trusts nothing it is told: digests are computed here, a number is given once per record.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tools.peers.holding import Answer, Holding, moment
from tools.peers.lists import Lists
from tools.peers.sealing import canonical, day_digest, lay_down, sm3

SCHEMA = """
CREATE TABLE IF NOT EXISTS province_number (
    rec_uid TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, asked INTEGER NOT NULL DEFAULT 1);
CREATE TABLE IF NOT EXISTS province_record (
    rec_uid TEXT PRIMARY KEY, number TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, unit TEXT NOT NULL,
    decided_on TEXT NOT NULL, generation INTEGER NOT NULL, natural_key TEXT NOT NULL, payload TEXT,
    gone INTEGER NOT NULL DEFAULT 0, taken INTEGER NOT NULL DEFAULT 1, sent INTEGER NOT NULL DEFAULT 1,
    since TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS province_batch (
    batch_no TEXT PRIMARY KEY, kind TEXT NOT NULL, digest TEXT NOT NULL, count INTEGER NOT NULL, came INTEGER NOT NULL,
    document TEXT NOT NULL, receipt TEXT, told INTEGER NOT NULL DEFAULT 0, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS province_rule (
    id INTEGER PRIMARY KEY AUTOINCREMENT, rec_uid TEXT NOT NULL, code TEXT NOT NULL, field TEXT NOT NULL,
    message TEXT NOT NULL);
"""
PROFILES = {
    "LIC": "licences/2018",
    "PEN": "penalties/2018",
    "LST": "listings/1",
    "CAS": "cases/1",
    "REP": "repairs/1",
    "OBJ": "objections/1",
}
TAKEN, KNOWN_ALREADY = "0000", "已有"


class Province:
    """What the province holds and answers; one lock, as the rest of this program."""

    def __init__(self, holding: Holding) -> None:
        self.holding = holding
        self.later = False  # receipts come later
        self.incoming: Path | None = None  # where receipts and holdings are laid down, in the file mode
        self.lists = Lists(holding)
        self._lock = threading.RLock()
        holding.prepare(SCHEMA)

    # --- what the city asks ---

    def post(self, rest: str, document: dict[str, Any], fault: dict[str, Any]) -> Any:
        if rest == "numbers":
            return {"numbers": [self.number(str(row["rec_uid"])) for row in document["records"]]}
        if rest == "batches":
            return self.batch(document, reject=fault if fault.get("fault") == "reject" else {})
        if rest.partition("/")[0] == "lists":
            return self.lists.post(rest.split("/")[1:], document)
        raise Answer(404, {"message": "没有这个接口"})

    def get(self, rest: str, asked: dict[str, str]) -> Any:
        kind = asked.get("kind", "")
        if rest == "span":
            days = [row["decided_on"] for row in self.held(kind)]
            return {"first": min(days), "last": max(days)} if days else {"first": None, "last": None}
        if rest == "digests":
            return {"days": by_unit_and_day(self.held(kind, asked["first"], asked["last"]))}
        if rest == "rows":
            rows = self.held(kind, asked["decided_on"], asked["decided_on"])
            return {"rows": [row for row in rows if asked.get("unit") in (None, row["unit"])]}
        if rest.partition("/")[0] == "lists":
            return self.lists.get(rest.split("/")[1:], asked)
        raise Answer(404, {"message": "没有这个接口"})

    def number(self, rec_uid: str) -> dict[str, str]:
        """Return the number of a record: given once, said again whenever it is asked for."""
        with self._lock:
            known = self.holding.rows("SELECT number FROM province_number WHERE rec_uid = ?", rec_uid)
            if known:
                self.holding.do("UPDATE province_number SET asked = asked + 1 WHERE rec_uid = ?", rec_uid)
                return {"rec_uid": rec_uid, "number": known[0]["number"]}
            given = self.holding.rows("SELECT count(*) AS n FROM province_number")[0]["n"] + 1
            number = f"SC51-{given:09d}"
            self.holding.do("INSERT INTO province_number (rec_uid, number) VALUES (?, ?)", rec_uid, number)
            return {"rec_uid": rec_uid, "number": number}

    def batch(self, document: dict[str, Any], reject: dict[str, Any]) -> dict[str, Any]:
        """Take a batch and answer its receipt, or that it comes later; the same batch again gets the same answer."""
        records, number = document["records"], str(document["batch_no"])
        if sm3(canonical(records)) != document.get("digest") or len(records) != document.get("count"):
            raise Answer(400, {"code": "E3001", "message": "E3001 批次摘要或者数量不符"})
        if PROFILES.get(str(document.get("table"))) != document.get("profile"):
            raise Answer(400, {"code": "E3002", "message": "E3002 格式版本不受理"})
        with self._lock:
            known = self.holding.rows("SELECT * FROM province_batch WHERE batch_no = ?", number)
            if known and known[0]["digest"] != document["digest"]:
                raise Answer(409, {"code": "E3001", "message": "E3001 同一批次号的内容不同"})
            if not known:
                self.holding.do(
                    "INSERT INTO province_batch (batch_no, kind, digest, count, came, document, at)"
                    " VALUES (?, ?, ?, ?, 1, ?, ?)",
                    number, document["kind"], document["digest"], len(records),
                    json.dumps(document, ensure_ascii=False), moment(),
                )  # fmt: skip
            if self.later:
                return {"batch_no": number, "digest": document["digest"], "state": "received"}
            receipt = self.work(number, reject)
            self.holding.do("UPDATE province_batch SET told = 1 WHERE batch_no = ?", number)
            return receipt

    def work(self, number: str, reject: dict[str, Any] | None = None) -> dict[str, Any]:
        """Work a batch off, once, and return its receipt."""
        with self._lock:
            batch = self.holding.rows("SELECT * FROM province_batch WHERE batch_no = ?", number)[0]
            if batch["receipt"]:
                self.holding.do("UPDATE province_batch SET came = came + 1 WHERE batch_no = ?", number)
                found: dict[str, Any] = json.loads(batch["receipt"])
                return found
            document = json.loads(batch["document"])
            receipts = [self.take(row, document["kind"], reject or {}) for row in document["records"]]
            good = sum(row["code"] == TAKEN for row in receipts)
            receipt = {
                "batch_no": number,
                "digest": batch["digest"],
                "received": len(receipts),
                "accepted": good,
                "rejected": len(receipts) - good,
                "receipts": receipts,
            }
            words = json.dumps(receipt, ensure_ascii=False)
            self.holding.do("UPDATE province_batch SET receipt = ? WHERE batch_no = ?", words, number)
            return receipt

    def take(self, row: dict[str, Any], kind: str, reject: dict[str, Any]) -> dict[str, Any]:
        """Take one record or one removal; the same generation again changes nothing. Return its receipt."""
        uid, generation = str(row["rec_uid"]), int(row["generation"])
        known = next(iter(self.holding.rows("SELECT * FROM province_record WHERE rec_uid = ?", uid)), None)
        said: dict[str, Any] = {"rec_uid": uid, "generation": generation}
        if refusal := self.refusal(row, known, reject):
            return said | refusal
        number = row.get("number") or self.number(uid)["number"]
        said |= {"code": TAKEN, "number": number, "receipt": f"R{sm3(f'{uid}/{generation}'.encode())[:20].upper()}"}
        if known and generation <= known["generation"]:
            self.holding.do("UPDATE province_record SET sent = sent + 1 WHERE rec_uid = ?", uid)
            return said | {"message": KNOWN_ALREADY}
        gone = row["op"] == "D"
        payload = None if gone else json.dumps(row["payload"], ensure_ascii=False)
        values = (
            str(row["unit"]),
            str(row["decided_on"] or ""),
            generation,
            str(row["natural_key"]),
            payload,
            int(gone),
        )
        if known:
            self.holding.do(
                "UPDATE province_record SET unit = ?, decided_on = ?, generation = ?, natural_key = ?, payload = ?,"
                " gone = ?, taken = taken + 1, sent = sent + 1 WHERE rec_uid = ?", *values, uid,
            )  # fmt: skip
        else:
            self.holding.do(
                "INSERT INTO province_record (unit, decided_on, generation, natural_key, payload, gone, rec_uid, number,"
                " kind, since) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", *values, uid, number, kind, moment(),
            )  # fmt: skip
        if row.get("replaces"):
            replaced = "UPDATE province_record SET gone = 1, payload = NULL WHERE rec_uid = ?"
            self.holding.do(replaced, str(row["replaces"]))
        return said | {"message": "已撤下" if gone else "已接收"}

    def refusal(
        self, row: dict[str, Any], known: dict[str, Any] | None, reject: dict[str, Any]
    ) -> dict[str, Any] | None:
        """Return why a record is refused, by the code of its rule; None where it is taken."""
        uid, op = str(row["rec_uid"]), row["op"]
        if reject:
            return {"code": reject.get("code", "E1001"), "message": reject.get("message", "主体不符"), "field": ""}
        rules = self.holding.rows(
            "SELECT code, field, message FROM province_rule WHERE rec_uid IN (?, '') ORDER BY id LIMIT 1", uid
        )
        if rules and op != "D":
            return rules[0]
        if op != "D" and sm3(canonical(row["payload"])) != row.get("digest"):
            return {"code": "E3001", "message": "内容与摘要不符", "field": "payload"}
        if op in {"U", "D"} and known is None:
            return {"code": "E2002", "message": "没有可变更、可撤下的记录", "field": "rec_uid"}
        given = self.holding.rows("SELECT number FROM province_number WHERE rec_uid = ?", uid)
        if row.get("number") and (not given or given[0]["number"] != row["number"]):
            return {"code": "E9999", "message": "编号不是本平台为这条记录发放的", "field": "number"}
        return None

    def held(self, kind: str, first: str = "0000", last: str = "9999") -> list[dict[str, Any]]:
        """Return what the province shows of these days, with the digest of what it really holds."""
        rows = self.holding.rows(
            "SELECT rec_uid, unit, decided_on, generation, payload FROM province_record"
            " WHERE kind = ? AND NOT gone AND decided_on BETWEEN ? AND ? ORDER BY rec_uid", kind, first, last,
        )  # fmt: skip
        return [{**row, "digest": sm3(canonical(json.loads(row.pop("payload"))))} for row in rows]

    # --- what a test or a demonstration commands ---

    def control(self, rest: str, given: dict[str, Any]) -> Any:
        act: Callable[[dict[str, Any]], Any] | None = getattr(self, f"do_{rest.replace('-', '_')}", None)
        if act is None:
            raise Answer(404, {"message": "没有这个控制"})
        return act(given)

    def do_later(self, given: dict[str, Any]) -> Any:
        """From now on say only that a batch was received, or answer receipts again."""
        self.later = bool(given.get("on", True))
        return {"later": self.later}

    def do_receipts(self, given: dict[str, Any]) -> Any:
        """Work off what waits and return the receipts that nobody was told of; keep: they stay untold."""
        with self._lock:
            waiting = self.holding.rows("SELECT batch_no FROM province_batch WHERE NOT told ORDER BY at, batch_no")
            found = [self.work(row["batch_no"]) for row in waiting]
            if not given.get("keep"):
                self.holding.do("UPDATE province_batch SET told = 1 WHERE receipt IS NOT NULL")
            return {"receipts": found}

    def do_told(self, given: dict[str, Any]) -> Any:
        return {"changed": self.holding.do("UPDATE province_batch SET told = 1 WHERE batch_no = ?", given["batch_no"])}

    def lay_holdings(self, kind: str) -> None:
        """Lay down what is held of a kind now, in the place of the last such list."""
        if self.incoming is not None:
            rows = {"kind": kind, "rows": self.held(kind)}
            lay_down(self.incoming, f"holdings-{kind}-latest.json", rows)

    def do_holdings(self, given: dict[str, Any]) -> Any:
        self.lay_holdings(given["kind"])
        return {"kind": given["kind"]}

    def do_rule(self, given: dict[str, Any]) -> Any:
        """Refuse one record (or every one) by the code of a rule until the rule is taken away."""
        self.holding.do(
            "INSERT INTO province_rule (rec_uid, code, field, message) VALUES (?, ?, ?, ?)",
            given.get("rec_uid", ""), given["code"], given.get("field", ""), given.get("message", "不符合校验规则"),
        )  # fmt: skip
        return self.holding.rows("SELECT * FROM province_rule")

    def do_no_rules(self, given: dict[str, Any]) -> Any:
        return {"changed": self.holding.do("DELETE FROM province_rule")}

    def do_alter(self, given: dict[str, Any]) -> Any:
        altered = "UPDATE province_record SET payload = json_set(payload, '$.name', '被改动') WHERE rec_uid = ?"
        return {"changed": self.holding.do(altered, given["rec_uid"])}

    def do_drop(self, given: dict[str, Any]) -> Any:
        return {"changed": self.holding.do("DELETE FROM province_record WHERE rec_uid = ?", given["rec_uid"])}

    def do_list(self, given: dict[str, Any]) -> Any:
        return self.lists.add(given)

    def do_truncate(self, given: dict[str, Any]) -> Any:
        self.lists.truncate = int(given.get("times", 1))
        return {"truncate": self.lists.truncate}

    def do_shrink(self, given: dict[str, Any]) -> Any:
        return self.lists.shrink(given["list"], float(given.get("share", 0.5)))

    def do_spoil(self, given: dict[str, Any]) -> Any:
        return self.lists.spoil(given["list"])

    def do_lists(self, given: dict[str, Any]) -> Any:
        return {"lists": self.lists.state()}

    def do_state(self, given: dict[str, Any]) -> Any:
        return {
            "records": self.holding.rows("SELECT * FROM province_record ORDER BY decided_on, rec_uid"),
            "numbers": self.holding.rows("SELECT * FROM province_number ORDER BY number"),
            "batches": self.holding.rows(
                "SELECT batch_no, kind, digest, count, came, receipt IS NOT NULL AS worked, told FROM province_batch"
                " ORDER BY at, batch_no"
            ),
            "rules": self.holding.rows("SELECT * FROM province_rule"),
        }


def by_unit_and_day(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return count and digest per unit and day."""
    cells: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for row in rows:
        cells.setdefault((row["decided_on"], row["unit"]), []).append((row["rec_uid"], row["digest"]))
    return [
        {"decided_on": day, "unit": unit, "count": len(held), "digest": day_digest(held)}
        for (day, unit), held in sorted(cells.items())
    ]
