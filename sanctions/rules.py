"""What the law allows in the chain: pure functions over facts, each rule with its code and article.

A function returns the violations it finds; services gather the facts and refuse with all of them at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from core.periods import Period, ends_on
from core.problems import Violation

SEED = "广元市联合奖惩实施方案"
ADULT_YEARS = 18
ENDED_STATUS = frozenset({"deregistered", "deceased"})
PERSON = "natural_person"


def age_on(birth_on: date, day: date) -> int:
    """Return completed years of age on `day`; a birthday counts from its own day (民法典 第十七条)."""
    return day.year - birth_on.year - ((day.month, day.day) < (birth_on.month, birth_on.day))


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """What the rules need to know of one subject on the day of the act and today."""

    name: str
    kind: str
    birth_on: date | None
    in_register: bool
    disciplined: bool
    role: str = "entity"


@dataclass(frozen=True, slots=True)
class OpeningFacts:
    """What the rules need to know when a unit reports an act."""

    polarity: str
    entry_label: str
    subject_kinds: frozenset[str]
    unit_name: str
    unit_in_force: bool
    unit_named: bool
    recognized_on: date
    act_on: date
    today: date
    subjects: Sequence[SubjectFacts]


def opening(facts: OpeningFacts) -> list[Violation]:
    """SAN-01…SAN-08: whether this unit may report this act of these subjects under this entry."""
    found = []
    if not facts.unit_in_force:
        found.append(
            Violation(
                "SAN-01",
                f"{facts.unit_name}在 {facts.recognized_on} 已不存续，不能发起",
                "unit",
                "由承继其职责的单位发起，承继关系由系统管理员维护",
                f"{SEED} 二（二）1",
            )
        )
    elif not facts.unit_named:
        found.append(
            Violation(
                "SAN-02",
                f"{facts.unit_name}不是“{facts.entry_label}”的发起单位",
                "unit",
                "由目录所列单位发起；如职责已调整，由联席办修订目录",
                f"{SEED} 二（一）1",
            )
        )
    if facts.act_on > facts.recognized_on or facts.recognized_on > facts.today:
        found.append(
            Violation(
                "SAN-03",
                f"行为发生日 {facts.act_on} 应不晚于单位认定日 {facts.recognized_on}，且均不晚于今天 {facts.today}",
                "recognized_on",
                "按认定文书核对日期",
            )
        )
    if not facts.subjects:
        found.append(Violation("SAN-04", "没有填写任何主体", "subjects", "至少填写一个主体"))
    for subject in facts.subjects:
        found += _subject(facts, subject)
    return found


def _subject(facts: OpeningFacts, subject: SubjectFacts) -> list[Violation]:
    found = []
    fits = subject.kind in facts.subject_kinds if subject.role == "entity" else subject.kind == PERSON
    if not fits:
        found.append(
            Violation(
                "SAN-05",
                f"“{facts.entry_label}”不适用于{subject.name}这类主体"
                if subject.role == "entity"
                else f"{subject.name}不是自然人，不能作为责任人员",
                "subjects",
                "核对目录事项的适用主体，或选用对应的事项",
                f"{SEED} 二（二）1",
            )
        )
    if subject.birth_on and age_on(subject.birth_on, facts.act_on) < ADULT_YEARS:
        found.append(
            Violation(
                "SAN-06",
                f"{subject.name}在行为发生日 {facts.act_on} 未满 18 周岁，不得列入",
                "subjects",
                "未成年人不适用联合奖惩，无人可以放宽",
                "未成年人保护法",
            )
        )
    if not subject.in_register:
        found.append(
            Violation("SAN-07", f"{subject.name}已注销或死亡，不得列入", "subjects", "核对登记状态，责任人员可另行列明")
        )
    if facts.polarity == "incentive" and subject.disciplined:
        found.append(
            Violation(
                "SAN-08",
                f"{subject.name}有失信惩戒正在实施，不能给予守信激励",
                "subjects",
                "惩戒移出后再申请激励",
                f"{SEED} 一（二）",
            )
        )
    return found


def routing(group_codes: Iterable[str], level: str) -> list[Violation]:
    """SAN-10: a case whose subjects belong to several groups is for the office (实施方案 二（二）1—2)."""
    if level != "office" and len(set(group_codes)) > 1:
        return [
            Violation(
                "SAN-10",
                "事项涉及多个专项小组，应由联席会议办公室认定",
                remedy="由专项小组“上报联席办”，联席办受理后召集专项会议",
                basis=f"{SEED} 二（二）1—2",
            )
        ]
    return []


def heard(notices: Sequence[tuple[str, date | None, date | None, date | None]], held_on: date) -> list[Violation]:
    """SAN-12/13: every subject was served a notice and was heard or let its term run out before the meeting.

    notices: (subject name, served on, statement on, statement term's last day), one per subject.
    """
    found = []
    for name, served_on, statement_on, due_on in notices:
        if served_on is None:
            found.append(
                Violation(
                    "SAN-12",
                    f"{name}的拟认定告知书尚未送达，不能开会认定",
                    remedy="由发起单位或专项小组送达并登记送达回证",
                    basis="国办发〔2020〕49号（八）",
                )
            )
        elif statement_on is None and (due_on is None or held_on <= due_on):
            found.append(
                Violation(
                    "SAN-13",
                    f"{name}的陈述申辩期至 {due_on} 届满，会议日期 {held_on} 过早",
                    "held_on",
                    f"等待陈述申辩或将会议改到 {due_on} 之后",
                    "国办发〔2020〕49号（八）",
                )
            )
    return found


def quorum(invited: int, attended: int, percent: int) -> list[Violation]:
    """SAN-15: enough of the invited units came."""
    if invited == 0 or attended * 100 < invited * percent:
        return [
            Violation(
                "SAN-15",
                f"应到 {invited} 个单位，实到 {attended} 个，未达到 {percent}% 的到会要求，表决无效",
                "attended",
                "由召集单位补充登记到会单位，或另行召集会议",
                f"{SEED} 二（二）2",
            )
        ]
    return []


def result(name: str, votes_for: int, attended: int, proposed_listed: bool, voted: int) -> list[Violation]:
    """SAN-16: every attending unit voted, and the recorded result is what more than half of them voted."""
    if voted < attended:
        return [
            Violation(
                "SAN-16",
                f"{name}：到会 {attended} 个单位只有 {voted} 个表决",
                "votes",
                "由各到会单位完成表决（可弃权）",
            )
        ]
    carried = votes_for * 2 > attended
    if carried != proposed_listed:
        word = "列入" if carried else "不予列入"
        return [
            Violation(
                "SAN-17",
                f"{name}：同意列入 {votes_for} 票／到会 {attended} 个单位，表决结果应为“{word}”",
                "results",
                "按表决结果记录；对表决有异议的另行召集会议",
            )
        ]
    return []


@dataclass(frozen=True, slots=True)
class PeriodTerms:
    """What the catalogue says of an entry's period, in months; None where it says nothing."""

    kind: str
    minimum: int | None
    maximum: int | None
    default: int | None
    text: str
    alternative: str = ""


def unified_period(period: Period, source: str, terms: PeriodTerms, starts_on: date) -> list[Violation]:
    """SAN-20/21: the one period lies in the catalogue's range, and its source fits (实施方案 二（二）3).

    A range is the statutory one and binds both ways. A fixed length is the longest: a meeting that gives its reason may
    set less (过惩相当), never more. Compared as last days counted from `starts_on`, so that days and months cannot be
    mixed to leave the range.
    """
    basis = f"{SEED} 二（二）3"
    remedy = "在目录范围内确定期限；目录有误的由联席办修订目录"
    if period.is_open or terms.kind in {"permanent", "until_performed"}:
        if _open_period_fits(period, terms):
            return []
        wrong = f"目录期限为“{terms.text}”，不能定为{period.label()}"
        return [Violation("SAN-20", wrong, "period", remedy, basis)]
    low, high = terms.minimum, terms.maximum
    if terms.kind == "fixed":
        high = high if high is not None else terms.default
    last = ends_on(starts_on, period)
    first_allowed = ends_on(starts_on, Period(months=low)) if low else None
    last_allowed = ends_on(starts_on, Period(months=high)) if high else None
    if last and ((first_allowed and last < first_allowed) or (last_allowed and last > last_allowed)):
        span = f"{low}至{high or '不限'}个月" if low else f"不超过{high}个月"
        wrong = f"统一期限{period.label()}超出目录法定范围（{span}，{terms.text}）"
        return [Violation("SAN-20", wrong, "period", remedy, basis)]
    if source == "catalogue" and terms.default and last != ends_on(starts_on, Period(months=terms.default)):
        wrong = f"期限来源为目录清单，应为{Period(months=terms.default).label()}，填写的是{period.label()}"
        mend = "改用目录期限，或将来源改为会议纪要并说明理由"
        return [Violation("SAN-21", wrong, "period_source", mend, basis)]
    return []


def amended_period(
    period: Period, terms: PeriodTerms, starts_on: date, original_ends_on: date | None
) -> list[Violation]:
    """SAN-20/54: the period determined anew after an objection lies in the range and ends no later than before."""
    found = unified_period(period, "minutes", terms, starts_on)
    last = ends_on(starts_on, period)
    if original_ends_on is not None and (last is None or last > original_ends_on):
        wrong = f"变更后的期限{period.label()}长于原定期限，异议人不得因提出异议而受到更重的处理"
        found.append(Violation("SAN-54", wrong, "period", "维持原期限或者缩短", f"{SEED} 二（三）2"))
    return found


def _open_period_fits(period: Period, terms: PeriodTerms) -> bool:
    if terms.alternative and getattr(period, terms.alternative):
        return True
    if period.permanent:
        return terms.kind == "permanent"
    if period.until_performed:
        bounded = terms.kind == "range" and terms.maximum is not None
        return terms.kind in {"until_performed", "range", "evaluation_cycle"} and not bounded
    return False


def invited(others: int, implementing: int, minimum: int) -> list[Violation]:
    """SAN-29: a joint determination is joint: other units concerned are called, an implementing one among them."""
    if others < minimum or implementing < 1:
        return [
            Violation(
                "SAN-29",
                f"除发起单位外只邀请了 {others} 个单位（其中实施单位 {implementing} 个），不足以共同审查认定",
                "units",
                f"至少邀请 {minimum} 个其他单位，其中包括目录所列实施单位",
                f"{SEED} 二（二）2",
            )
        ]
    return []


def statutory_period(measure: str, months: int, low: int | None, high: int | None, basis: str) -> list[Violation]:
    """SAN-22: a statutory measure keeps the range of its own article."""
    if (low is not None and months < low) or (high is not None and months > high):
        return [
            Violation(
                "SAN-22",
                f"{measure}的期限{months}个月超出法定范围（{low or 0}至{high or '不限'}个月）",
                "measure_months",
                "按该措施自身条文的范围填写",
                basis,
            )
        ]
    return []


def effective_day(starts_on: date, served_on: date, issued_on: date) -> list[Violation]:
    """SAN-25: a decision takes effect on service or later, and is not served before it is issued."""
    found = []
    if served_on < issued_on:
        found.append(Violation("SAN-24", f"送达日 {served_on} 早于印发日 {issued_on}", "served_on", "核对送达回证日期"))
    if starts_on < served_on:
        found.append(
            Violation(
                "SAN-25",
                f"生效日 {starts_on} 早于送达日 {served_on}",
                "starts_on",
                "由印发单位将生效日改为送达之日或之后",
                "国办发〔2020〕49号（八）",
            )
        )
    return found


def statutory_end(
    starts_on: date, unified: Period, low: int | None, high: int | None, *, permanent: bool = False
) -> date | None:
    """Return the last day of a statutory measure: the unified period brought into its own article's range of months.

    None for no last day: the article names no length, or one for life only; such a measure ends by its own exit.
    """
    if low is None and high is None:
        return None
    if unified.is_open:
        return None if high is None or permanent else ends_on(starts_on, Period(months=high))
    last = ends_on(starts_on, unified)
    if low and last:
        last = max(last, ends_on(starts_on, Period(months=low)) or last)
    if high and last:
        last = min(last, ends_on(starts_on, Period(months=high)) or last)
    return last
