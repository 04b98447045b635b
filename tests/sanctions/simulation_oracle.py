"""An independent reading of design §4: one listing lived day by day, spending a day of its length whenever it is in
force. It shares no code with the clock, the rules or the engine; working days come straight from the library.

The model: a listing has so many days `left`. Each day it is asked, in this order: revoked? over by an act? not begun?
nothing left? does any cause hold it? Only a day that none of these claims is a day in force, and spends one. No end is
ever computed: it is the last day that was lived before it was over. Pauses are the days on which a cause held it.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import chinese_calendar

DAY = timedelta(days=1)


def working(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day)) if day.year <= 2026 else day.weekday() < 5


def after_working_days(day: date, count: int) -> date:
    while count:
        day += DAY
        count -= working(day)
    return day


def window(day: date) -> date:
    day += timedelta(days=15)
    while not working(day):
        day += DAY
    return day


class Life:
    """One discipline listing of a repairable entry without a minimum, from its decision on."""

    def __init__(self, acts: list[dict[str, Any]], first: date, last: date) -> None:
        self.start: date | None = None
        self.left = self.spent = self.length = 0
        self.revoked = self.performed = self.amended_over = False
        self.repaired = False
        self.causes: set[str] = set()
        self.objection = self.complaint = self.application = ""
        self.answer_due: date | None = None
        self.complain_until: date | None = None
        self.answers = 0
        self.barred = False
        self.states: dict[date, str] = {}
        self.held: list[date] = []
        self.refused: list[tuple[date, str]] = []
        ordered = sorted(acts, key=lambda act: act["on"])
        day = first
        while day <= last:
            for act in ordered:
                if act["on"] == day.isoformat() and not self.attempt(act, day):
                    self.refused.append((day, act["act"]))
            self.states[day] = self.live(day)
            day += DAY

    def live(self, day: date) -> str:
        if self.revoked:
            return "revoked"
        if self.repaired or self.amended_over:
            return "ended"
        if self.start is None or day < self.start:
            self.held += [day] * bool(self.causes)
            return "pending"
        if self.left == 0:
            return "ended"
        if self.causes:
            self.held.append(day)
            return "paused"
        self.left -= 1
        self.spent += 1
        return "in_force"

    def pauses(self) -> list[list[str | None]]:
        """Return the runs of days on which a cause held it, half-open; open where the last day lived was one."""
        runs: list[list[date]] = []
        for day in self.held:
            if runs and runs[-1][1] == day:
                runs[-1][1] = day + DAY
            else:
                runs.append([day, day + DAY])
        last = max(self.states)
        return [[first.isoformat(), None if after > last else after.isoformat()] for first, after in runs]

    def over(self, day: date) -> bool:
        cut = self.revoked or self.repaired or self.amended_over
        return cut or (self.start is not None and day >= self.start and self.left == 0)

    def stop(self, cause: str, day: date) -> None:
        """Let a cause hold it from this day; what is over cannot be held."""
        if not self.over(day):
            self.causes.add(cause)

    def void(self) -> bool:
        self.revoked = True
        self.causes.clear()
        return True

    def attempt(self, act: dict[str, Any], day: date) -> bool:
        if act["act"] == "decide":
            if self.start is not None or act["starts_on"] < act["on"]:
                return False
            self.start = date.fromisoformat(act["starts_on"])
            self.left = self.length = act["period"]["days"]
            return True
        if self.start is None or self.revoked:
            return False
        return bool(getattr(self, act["act"])(act, day))

    def perform(self, act: dict[str, Any], day: date) -> bool:
        return False  # its length is a number of days; only an open-ended listing ends by performance

    def object(self, act: dict[str, Any], day: date) -> bool:
        if self.complaint in {"open", "ruled"} or self.objection in {"open", "rejected", "taken"} or self.answers >= 2:
            return False
        self.objection, self.answer_due = "open", after_working_days(day, 7)
        self.stop("objection", day)
        return True

    def reject_objection(self, act: dict[str, Any], day: date) -> bool:
        if self.objection != "open":
            return False
        self.objection, self.complain_until, self.answers = "rejected", window(day), self.answers + 1
        self.causes.discard("objection")
        return True

    def uphold_objection(self, act: dict[str, Any], day: date) -> bool:
        return self.objection == "open" and self.void()

    def partly_uphold_objection(self, act: dict[str, Any], day: date) -> bool:
        new = act["period"]["days"]
        if self.objection != "open" or new > self.length:
            return False
        was_over = self.over(day)
        self.objection, self.complain_until, self.answers = "partly", window(day), self.answers + 1
        self.causes.discard("objection")
        if not self.repaired and not self.amended_over:
            if new <= self.spent or was_over:
                self.amended_over = True
            else:
                self.left, self.length = new - self.spent, new
        return True

    def withdraw_objection(self, act: dict[str, Any], day: date) -> bool:
        if self.objection != "open":
            return False
        self.objection = "withdrawn"
        self.causes.discard("objection")
        return True

    def complain(self, act: dict[str, Any], day: date) -> bool:
        if self.complaint in {"open", "ruled"}:
            return False
        if self.objection == "open":
            if self.answer_due is None or day <= self.answer_due:
                return False
            self.objection = "taken"
        elif self.complain_until is None or day > self.complain_until:
            return False
        self.complaint = "open"
        self.stop("complaint", day)
        return True

    def reject_complaint(self, act: dict[str, Any], day: date, *, outcome: str = "ruled") -> bool:
        if self.complaint != "open":
            return False
        self.complaint = outcome
        self.causes.discard("complaint")
        if self.objection == "taken":
            self.objection = "withdrawn"
            self.causes.discard("objection")
        return True

    def withdraw_complaint(self, act: dict[str, Any], day: date) -> bool:
        return self.reject_complaint(act, day, outcome="withdrawn")

    def uphold_complaint(self, act: dict[str, Any], day: date) -> bool:
        return self.complaint == "open" and self.void()

    stayed = False

    def court_stay(self, act: dict[str, Any], day: date) -> bool:
        if self.stayed:
            return False
        self.stayed = True
        self.stop("court", day)
        return True

    def lift_stay(self, act: dict[str, Any], day: date) -> bool:
        if not self.stayed:
            return False
        self.stayed = False
        self.causes.discard("court")
        return True

    def court_revoke(self, act: dict[str, Any], day: date) -> bool:
        return self.void()

    def alive(self, day: date) -> bool:
        return self.start is not None and day >= self.start and not self.over(day)

    def apply_repair(self, act: dict[str, Any], day: date) -> bool:
        if not self.alive(day) or self.barred or self.application in {"open", "approved"}:
            return False
        self.application = "open"
        return True

    def approve_repair(self, act: dict[str, Any], day: date) -> bool:
        if self.application != "open" or self.over(day):
            return False
        self.application = "approved"
        return True

    def reject_repair(self, act: dict[str, Any], day: date) -> bool:
        if self.application != "open":
            return False
        self.application = "rejected"
        return True

    def publish_repair(self, act: dict[str, Any], day: date) -> bool:
        if self.application != "approved" or self.over(day):
            return False
        self.application, self.repaired = "published", True
        return True

    def revoke_repair(self, act: dict[str, Any], day: date) -> bool:
        if self.application not in {"approved", "published"}:
            return False
        given_back, self.repaired = self.repaired, False
        self.application, self.barred = "revoked", True
        if given_back:  # what is still open holds it from this day
            still_open = {
                "objection": self.objection in {"open", "taken"},
                "complaint": self.complaint == "open",
                "court": self.stayed,
            }
            for cause, is_open in still_open.items():
                if is_open:
                    self.stop(cause, day)
        return True
