"""What the law allows of credit repair: pure functions over one listing and where its application stands.

A function returns the violations it finds. Services and simulation call the same functions. Codes REP-01…REP-31 are
here; the officers' side (who verifies, decides and signs) is REP-40 and above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.periods import Period, PeriodState, ends_on
from core.problems import Violation

SEED = "广元市联合奖惩实施方案 二（三）1"
NATION = "国办发〔2025〕22号"
CITY = "city"
DAY = timedelta(days=1)
CHANNELS = {
    "national": "“信用中国”网站",
    "market": "国家企业信用信息公示系统",
    "source": "作出列入决定的人民法院或者名单管理部门",
    CITY: "处理其失信行为的行政机关（本市）",
}
SEVERITY_MONTHS = {"minor": 0, "ordinary": 3, "serious": 12}  # 国办发〔2025〕22号; earlier regimes are dated rows


class Applied(StrEnum):
    """Where the latest application stands."""

    NONE = "none"
    RECEIVED = "received"  # registered, acceptance not decided yet
    OPEN = "open"  # accepted
    REFUSED = "refused"  # not accepted, with reasons
    APPROVED = "approved"  # decided, not published yet
    PUBLISHED = "published"  # repaired from that day
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    REVOKED = "revoked"


PENDING = frozenset({Applied.RECEIVED, Applied.OPEN})


@dataclass(frozen=True, slots=True)
class RepairTerms:
    """What law and catalogue say of repairing one kind of listing.

    minimum_months: shortest time in force before an application, counted from the first day in force; channel: where
    the application is decided; text: the entry's condition in words; basis: the article behind the minimum.
    """

    repairable: bool = True
    minimum_months: int = 0
    channel: str = CITY
    text: str = ""
    basis: str = NATION


@dataclass(frozen=True, slots=True)
class RepairFacts:
    """One listing as repair sees it: its state on the day of the act, and where the latest application stands.

    state: None before the decision; barred_until: last day on which a revoked repair bars a new application. noun: what
    a repair ends: the measures of a listing, or the publication of a penalty.
    """

    state: PeriodState | None
    starts_on: date | None = None
    reward: bool = False
    application: Applied = Applied.NONE
    accepted_on: date | None = None
    decided_on: date | None = None
    barred_until: date | None = None
    noun: str = "措施"


@dataclass(frozen=True, slots=True)
class Filing:
    """What came with an application."""

    channel: str = CITY
    evidence: bool = True
    commitment: bool = True


def _say(code: str, detail: str, remedy: str, field: str | None = None, basis: str = NATION) -> list[Violation]:
    return [Violation(code, detail, field, remedy, basis)]


def minimum_of(entry_months: int | None, severity: str, regime: dict[str, int] | None = None) -> int:
    """Return the months before an application: the entry's own term, else the regime's by severity (unknown: serious).

    regime: months by severity of the regime of the decision day; the one in force today by default.
    """
    if entry_months is not None:
        return entry_months
    months = regime or SEVERITY_MONTHS
    return months.get(severity, months["serious"])


def earliest_day(starts_on: date, terms: RepairTerms, barred_until: date | None = None) -> date | None:
    """Return the first day to apply: the day after the minimum's last day and after a bar; None if never.

    2026-03-02 with 12 months: 2027-03-02. Pauses do not lengthen it: nobody fares worse by objecting.
    """
    if not terms.repairable or terms.channel != CITY:
        return None
    first = starts_on
    if terms.minimum_months:
        last = ends_on(starts_on, Period(months=terms.minimum_months))
        first = last + DAY if last else starts_on
    return max(first, barred_until + DAY) if barred_until else first


def may_apply(facts: RepairFacts, terms: RepairTerms, on: date, filing: Filing | None = None) -> list[Violation]:
    """REP-01…REP-10: whether an application may be received on `on`; all that fails is named at once."""
    if found := _repairable(facts, terms):
        return found
    if facts.application in PENDING | {Applied.APPROVED}:
        return _say("REP-08", "已有在办的修复申请，不能重复申请", "补充的证据可并入在办申请")
    found = []
    first = earliest_day(facts.starts_on, terms) if facts.starts_on else None
    if first and on < first:
        wrong = f"最短期限{Period(months=terms.minimum_months).label()}尚未届满，{first} 起可以申请"
        found += _say("REP-06", wrong, f"{first} 起再申请，期间完成整改", "on", terms.basis)
    if facts.barred_until and on <= facts.barred_until:
        wrong = f"因虚假承诺撤销过修复，{facts.barred_until} 以前不得再申请"
        found += _say("REP-07", wrong, f"{facts.barred_until + DAY} 起可以再申请", "on")
    filed = filing or Filing()
    if not filed.evidence:
        found += _say(
            "REP-09", "没有提交纠正失信行为、消除不良影响的证据", "提交履行和整改的证明材料", "evidence", SEED
        )
    if not filed.commitment:
        found += _say("REP-10", "没有提交信用承诺书", "签署并提交信用承诺书", "commitment")
    if filed.channel != CITY:
        found += _wrong_channel(filed.channel)
    return found


def _repairable(facts: RepairFacts, terms: RepairTerms) -> list[Violation]:
    if facts.state is None:
        return _say("REP-01", "尚未作出决定，没有可以修复的失信信息", "决定生效后再申请", "on")
    if facts.reward:
        return _say("REP-03", "守信激励不适用信用修复", "核对所要修复的记录")
    if facts.state == PeriodState.PENDING:
        since = f"自 {facts.starts_on} 起实施，" if facts.noun == "措施" else ""
        return _say("REP-01", f"{facts.noun}{since}尚未开始", f"{facts.noun}开始后再申请", "on")
    if facts.state == PeriodState.REVOKED:
        return _say("REP-02", "决定已被撤销，自始无效，无需修复", "要求恢复原状的向实施单位提出")
    if facts.state == PeriodState.ENDED:
        remedy = "公示信息的终止另行办理" if facts.noun == "措施" else "无需办理"
        return _say("REP-02", f"{facts.noun}已经结束，无需修复", remedy)
    if not terms.repairable:
        wrong = f"该事项不可提前修复{f'：{terms.text}' if terms.text else ''}"
        return _say("REP-04", wrong, "期限届满或者所附条件成就时移出", basis=terms.basis)
    return [] if terms.channel == CITY else _wrong_channel(terms.channel)


def _wrong_channel(channel: str) -> list[Violation]:
    place = CHANNELS.get(channel, channel)
    return _say(
        "REP-05", f"该记录由{place}受理修复，本市不作决定", f"可由本市窗口代为转交并出具回执，由{place}办理", "channel"
    )


def may_accept(facts: RepairFacts, on: date) -> list[Violation]:
    """REP-20: accepting or refusing acceptance needs a received application."""
    if facts.application != Applied.RECEIVED:
        return _say("REP-20", "没有待受理的修复申请", "核对申请编号和办理状态")
    return []


def may_decide(facts: RepairFacts, on: date, *, approve: bool) -> list[Violation]:
    """REP-21…REP-23: whether the open application may be approved or rejected on `on`.

    A rejection is owed to an applicant even where the listing has ended meanwhile; an approval has no object then.
    """
    if facts.application != Applied.OPEN:
        return _say("REP-21", "没有在办的修复申请", "先受理申请；已决定的不能再次决定")
    if facts.accepted_on is not None and on < facts.accepted_on:
        return _say("REP-22", f"决定日 {on} 早于受理日 {facts.accepted_on}", "按修复决定书填写日期", "on")
    return _still_there(facts) if approve or facts.state == PeriodState.REVOKED else []


def may_publish(facts: RepairFacts, on: date) -> list[Violation]:
    """REP-23…REP-25: only an approved repair is published, not before its decision, while the listing stands."""
    if facts.application != Applied.APPROVED:
        return _say("REP-24", "没有已同意而尚未公布的修复决定", "先作出同意修复的决定", basis=SEED)
    if facts.decided_on is not None and on < facts.decided_on:
        return _say("REP-25", f"公布日 {on} 早于决定日 {facts.decided_on}", "按公布记录填写日期", "on", SEED)
    return _still_there(facts)


def _still_there(facts: RepairFacts) -> list[Violation]:
    if facts.state in {PeriodState.REVOKED, PeriodState.ENDED}:
        word = "被撤销" if facts.state == PeriodState.REVOKED else "结束"
        return _say("REP-23", f"{facts.noun}已经{word}，修复申请没有对象，程序终结", "告知申请人程序终结，无需修复")
    return []


def may_revoke(facts: RepairFacts, on: date) -> list[Violation]:
    """REP-30/31: a repair gained by false commitment is revoked once approved or published; the remainder is restored."""
    if facts.application not in {Applied.APPROVED, Applied.PUBLISHED}:
        return _say("REP-30", "没有已同意或者已公布的修复可以撤销", "核对修复决定书文号")
    if facts.state == PeriodState.REVOKED:
        return _say("REP-31", "认定决定已被撤销，撤销修复没有对象", "无需办理")
    if facts.decided_on is not None and on < facts.decided_on:
        return _say("REP-30", f"撤销日 {on} 早于同意修复的决定日 {facts.decided_on}", "按撤销决定书填写日期", "on")
    return []
