"""The navigator: for a listing or a published penalty on a day, when one may apply, with what, where, and the one next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from core import deadlines
from core.deadlines import compute, rule_on
from core.periods import PeriodState
from organizations.acts.words import zh
from repair import rules
from repair.enums import Channel, CountsFrom, State
from repair.matters import ListingMatter, Matter, PenaltyMatter
from repair.models import Application
from repair.selectors import shielded
from repair.services.filing import ANSWER_RULE, EXTENSION_RULE
from repair.terms import DAY, Terms
from sanctions.enums import Polarity
from sanctions.models import Listing

OPEN_STEPS = {
    State.RECEIVED: "申请已收到，等待办理单位核验身份并决定是否受理",
    State.ACCEPTED: "申请已受理，等待办理单位核实；需要补充材料的按通知提交",
    State.FORWARDED: "申请已转交{place}，等待其办理结果",
    State.VERIFIED: "核实完毕，等待办理单位拟出意见",
    State.OPINED: "意见已拟，等待另一名审核人员签发决定",
    State.APPROVED: "已同意修复，等待公布；公布之日起不再实施惩戒措施",
}
COMMON_EVIDENCE = ("信用承诺书", "主体资格和申请人身份证明；委托他人的附授权委托书")


@dataclass(frozen=True, slots=True)
class Guide:
    """What an applicant needs to know. `code` is stable, `next_step` exactly one sentence.

    earliest: first day to apply, None where no day can be told; possible: whether it is possible on the day asked.
    """

    code: str
    next_step: str
    possible: bool
    earliest: date | None
    why: str
    evidence: tuple[str, ...]
    unit: str
    channel: str
    channel_label: str
    place: str
    answer_by: date | None
    answer_why: str
    application: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the guide as plain data: the allow-list of the public API."""
        return {
            "code": self.code,
            "next_step": self.next_step,
            "possible": self.possible,
            "earliest": self.earliest,
            "why": self.why,
            "evidence": list(self.evidence),
            "unit": self.unit,
            "channel": self.channel,
            "channel_label": self.channel_label,
            "place": self.place,
            "answer_by": self.answer_by,
            "answer_why": self.answer_why,
        }


def guide(listing: Listing, on: date) -> Guide:
    """Return where the subject stands with repairing this listing on `on`, and the one next step from there."""
    return _listing_guide(ListingMatter(listing), on)


def _listing_guide(matter: ListingMatter, on: date) -> Guide:
    listing = matter.listing
    if listing.polarity == Polarity.INCENTIVE:
        return _without_repair("reward", "守信激励不需要修复，没有需要办理的事项")
    terms, state, latest = matter.terms(), listing.clock(on).state_on(on), matter.latest()
    over = _over(listing, state, latest)
    if over:
        return _guide(matter, terms, on, *over, latest=latest)
    if latest is not None and latest.state in OPEN_STEPS:
        step = OPEN_STEPS[State(latest.state)].format(place=latest.forwarded_to)
        return _guide(matter, terms, on, f"open_{latest.state}", step, latest=latest)
    if matter.known.shielded if matter.known else shielded(listing.subject, on):
        step = "破产重整（和解）期间已临时屏蔽，计划执行完毕后持人民法院裁定书办理修复"
        return _guide(matter, terms, on, "shielded", step)
    if not terms.law.repairable:
        end = listing.end_on(on)
        last = f"，{zh(end)}期限届满后自动移出" if end else ""
        step = f"该事项不能提前修复{last}：{terms.law.text}"
        return _guide(matter, terms, on, "unrepairable", step)
    return _waiting_or_possible(matter, terms, on, state, latest)


def guide_of(matter: Matter, on: date) -> Guide:
    """Return where the subject stands with repairing this record on `on`, and the one next step from there."""
    if isinstance(matter, PenaltyMatter):
        return disclosure_guide(matter, on)
    if isinstance(matter, ListingMatter):
        return _listing_guide(matter, on)
    raise TypeError(matter)


def disclosure_guide(matter: PenaltyMatter, on: date) -> Guide:
    """Return where the subject stands with ending the publication of a penalty on `on`, and the one next step."""
    terms, facts = matter.terms(), matter.facts(on)
    latest = matter.latest()
    if latest is not None and latest.state in OPEN_STEPS:
        step = OPEN_STEPS[State(latest.state)].format(place=latest.forwarded_to)
        return _guide(matter, terms, on, f"open_{latest.state}", step.split("；公布之日")[0], latest=latest)
    if facts.state == PeriodState.ENDED:
        repaired = latest is not None and latest.state == State.PUBLISHED
        step = f"已于{zh(latest.published_on)}终止公示" if repaired and latest else "该处罚信息已经不再公示"
        return _guide(
            matter, terms, on, "repaired" if repaired else "ended", f"{step}，没有需要办理的事项", latest=latest
        )
    if not terms.law.repairable:
        return _guide(matter, terms, on, "unrepairable", terms.law.text)
    first = terms.first_day(matter.starts_on)
    if facts.barred_until is not None and on <= facts.barred_until:
        first = max(first, facts.barred_until + DAY)
        step = f"因修复被撤销，{zh(facts.barred_until)}以前不得再申请；{zh(first)}起可以提交申请"
        return _guide(matter, terms, on, "barred", step, earliest=first)
    if on < first:
        step = f"先履行处罚决定、纠正违法行为并保存证明，{zh(first)}起可以申请终止公示"
        return _guide(matter, terms, on, "waiting", step, earliest=first)
    step = f"现在可以申请终止公示：备齐材料，向{_place(matter, terms, on)}或者政务服务窗口提交，也可以网上提交"
    code = "possible" if terms.channel == Channel.CITY else "elsewhere"
    return _guide(matter, terms, on, code, step, earliest=first, possible=True)


def _over(listing: Listing, state: str, latest: Application | None) -> tuple[str, str] | None:
    if state == PeriodState.REVOKED:
        return "revoked", "决定已被撤销，自始无效，不需要修复"
    if state != PeriodState.ENDED:
        return None
    if latest is not None and latest.state == State.PUBLISHED:
        return "repaired", f"信用修复已于{zh(latest.published_on)}公布，不再实施惩戒措施，没有需要办理的事项"
    return "ended", "期限已经届满或者已提前结束，不需要修复"


def _waiting_or_possible(
    matter: ListingMatter, terms: Terms, on: date, state: str, latest: Application | None
) -> Guide:
    listing, bar = matter.listing, matter.barred_until()
    first = terms.first_day(listing.starts_on, None)
    if bar is not None and on <= bar:
        first = max(first, bar + DAY)
        step = f"因修复被撤销，{zh(bar)}以前不得再申请；{zh(first)}起可以提交申请"
        return _guide(matter, terms, on, "barred", step, earliest=first)
    if state == PeriodState.PENDING:
        step = f"措施自{zh(listing.starts_on)}起实施；先纠正失信行为，{zh(first)}起可以申请"
        return _guide(matter, terms, on, "pending", step, earliest=first)
    corrected = terms.counts_from == CountsFrom.CORRECTION and terms.law.minimum_months
    if on < first and not corrected:
        step = f"先纠正失信行为、履行义务并保存证明，{zh(first)}起可以提交申请"
        return _guide(matter, terms, on, "waiting", step, earliest=first)
    if corrected:
        code = "possible_after_correction"
        step = f"改正之日起满{terms.law.minimum_months}个月的，向{_place(matter, terms, on)}提交申请并附改正证明"
        return _guide(matter, terms, on, code, step, earliest=first, possible=True)
    again = latest is not None and latest.state in {State.REJECTED, State.DECLINED}
    place = _place(matter, terms, on)
    if terms.channel != Channel.CITY:
        step = f"向{place}申请，或者到本市政务服务窗口提交，由窗口代为转交"
        return _guide(matter, terms, on, "elsewhere", step, earliest=first, possible=True)
    if again:
        step = f"上次申请未获同意：针对答复的理由补充证据后，向{place}重新申请；对答复不服的可以提出异议"
        return _guide(matter, terms, on, "again", step, earliest=first, possible=True, latest=latest)
    step = f"现在可以申请：备齐材料，向{place}或者政务服务窗口提交，也可以网上提交"
    return _guide(matter, terms, on, "possible", step, earliest=first, possible=True)


def _place(matter: Matter, terms: Terms, on: date) -> str:
    return terms.receiver if terms.channel != Channel.CITY else matter.unit(on).name


def _guide(
    matter: Matter,
    terms: Terms,
    on: date,
    code: str,
    step: str,
    *,
    earliest: date | None = None,
    possible: bool = False,
    latest: Application | None = None,
) -> Guide:
    open_one = latest if latest is not None and latest.state in OPEN_STEPS else None
    due, due_why = _answer_day(matter, open_one, max(earliest, on) if earliest else on)
    told = earliest is not None or possible or open_one is not None
    return Guide(
        code=code,
        next_step=step,
        possible=possible and not rules.may_apply(matter.facts(on), _plain(terms), on),
        earliest=earliest,
        why=terms.why(matter.starts_on, open_one.corrected_on if open_one else None)
        if terms.law.repairable
        else terms.law.text,
        evidence=(*terms.evidence, *COMMON_EVIDENCE) if terms.law.repairable else (),
        unit=matter.unit(on).name,
        channel=terms.channel,
        channel_label=Channel(terms.channel).label,
        place=_place(matter, terms, on),
        answer_by=due if told else None,
        answer_why=due_why if told else "",
        application=latest.public_id if latest is not None else "",
    )


def _plain(terms: Terms) -> rules.RepairTerms:
    """Return the terms without the minimum where it counts from a correction that nobody has told yet."""
    months = 0 if terms.counts_from == CountsFrom.CORRECTION else terms.law.minimum_months
    return rules.RepairTerms(terms.law.repairable, months, rules.CITY, terms.law.text, terms.law.basis)


def _answer_day(matter: Matter, application: Application | None, applied_on: date) -> tuple[date | None, str]:
    """Return the day by which an answer is due: the open deadline's, or the one if applied for on that day."""
    known = matter.known
    if application is not None:
        for due in known.dues(application) if known else deadlines.deadlines_of(application):
            if due.rule.code in {ANSWER_RULE, EXTENSION_RULE} and due.closed_on is None:
                return due.due_on, due.explanation()
        return None, ""
    if known:
        rule, found = known.due(ANSWER_RULE, applied_on)
    else:
        rule = rule_on(ANSWER_RULE, applied_on)
        found = compute(rule.unit, rule.count, applied_on)
    note = "（次年节假日安排尚未发布，暂定）" if found.provisional else ""
    text = f"如在{zh(applied_on)}提交，{rule.count}{rule.get_unit_display()}内答复，{zh(found.due_on)}到期{note}"
    return found.due_on, f"{text}。依据：{rule.basis}"


def _without_repair(code: str, step: str) -> Guide:
    return Guide(code, step, False, None, "", (), "", "", "", "", None, "")
