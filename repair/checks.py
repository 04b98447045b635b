"""What the law asks of the officers' side and of who applies: pure functions, REP-40 and above."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from core.masking import no_personal_numbers
from core.periods import Period
from core.problems import Violation
from repair.enums import ApplicantRole, Channel, Kind, MaterialKind, Outcome
from repair.rules import CHANNELS, NATION, SEED

MANDATED = frozenset({ApplicantRole.AGENT.value, ApplicantRole.ADMINISTRATOR.value})


def kind_fits(kind: str, wanted: str) -> list[Violation]:
    """REP-40: three separate repairs; a listing is left, the publication of a penalty ends, one never for the other."""
    if kind == wanted:
        return []
    label = Kind(kind).label if kind in Kind.values else kind
    record, remedy = {
        Kind.LEAVE_LIST: ("名单记录", "行政处罚公示的终止另行申请，选择该处罚的公示记录"),
        Kind.END_DISCLOSURE: ("行政处罚公示记录", "移出名单另行申请，选择该名单记录"),
    }[Kind(wanted)]
    wrong = f"{record}只能申请“{Kind(wanted).label}”，不能以“{label}”办理"
    return [Violation("REP-40", wrong, "kind", f"{remedy}；其他失信信息的修复向“信用中国”网站提出", NATION)]


def correction(
    wanted: bool, corrected_on: date | None, first_day: date | None, months: int, on: date
) -> list[Violation]:
    """REP-41/REP-06: where the term counts from the correction, its day is told, past, and long enough ago."""
    if corrected_on is not None and corrected_on > on:
        return [Violation("REP-41", f"改正日 {corrected_on} 晚于申请日 {on}", "corrected_on", "改正之后再申请")]
    if not wanted:
        return []
    if corrected_on is None:
        return [
            Violation("REP-41", "该事项自改正之日起计算最短期限，未填写改正日", "corrected_on", "填写改正日并附证明")
        ]
    if first_day is not None and on < first_day:
        wrong = f"自改正之日 {corrected_on} 起未满{Period(months=months).label()}，{first_day} 起可以申请"
        return [Violation("REP-06", wrong, "corrected_on", f"{first_day} 起再申请，期间不再发生失信行为", NATION)]
    return []


def channel(given: str, wanted: str) -> list[Violation]:
    """REP-05: the application goes the way the record's own law prescribes."""
    if not given or given == wanted:
        return []
    place = CHANNELS.get(wanted, wanted)
    remedy = "选择“本市办理”" if wanted == Channel.CITY else f"选择该渠道，由本市窗口代为转交{place}并出具回执"
    return [Violation("REP-05", f"该记录由{place}受理修复", "channel", remedy, NATION)]


@dataclass(frozen=True, slots=True)
class ApplicantFacts:
    """Who applies, and what is known of the subject: its kind, its name, its registered representative.

    number_matches: whether the number shown is the subject's own; None where none was shown. bound: a login outside has
    bound him to this very subject, which stands for a mandate.
    """

    name: str
    role: str
    subject_name: str
    subject_is_person: bool
    representative: str
    number_matches: bool | None
    materials: Collection[str]
    bound: bool = False


def applicant(facts: ApplicantFacts) -> list[Violation]:
    """REP-42/REP-43: only the subject itself, or who holds its mandate, applies."""
    if not facts.name.strip() or facts.role not in ApplicantRole.values:
        return [Violation("REP-43", "未填写申请人姓名或者身份", "applicant_name", "填写申请人姓名，选择身份")]
    fitting = (
        {ApplicantRole.PERSON, ApplicantRole.AGENT}
        if facts.subject_is_person
        else {ApplicantRole.REPRESENTATIVE, ApplicantRole.AGENT, ApplicantRole.ADMINISTRATOR}
    )
    if facts.role not in fitting:
        words = "、".join(sorted(ApplicantRole(role).label for role in fitting))
        return [Violation("REP-42", "申请人身份与主体类型不符", "applicant_role", f"该主体由{words}申请")]
    if facts.role in MANDATED and not facts.bound and MaterialKind.MANDATE not in facts.materials:
        wrong = f"{ApplicantRole(facts.role).label}没有提交授权委托书（指定管理人决定书）"
        return [Violation("REP-42", wrong, "materials", "补交授权委托书；或由主体本人、法定代表人申请")]
    own = facts.name.strip()
    if facts.role == ApplicantRole.PERSON and (own != facts.subject_name or facts.number_matches is not True):
        wrong = "申请人姓名、证件号码与失信主体不一致"
        return [Violation("REP-42", wrong, "applicant_number", "由本人持有效证件申请，或者委托他人并出具授权委托书")]
    if facts.role == ApplicantRole.REPRESENTATIVE and facts.representative and own != facts.representative:
        return [
            Violation(
                "REP-42",
                f"{own}不是登记的法定代表人（负责人）",
                "applicant_name",
                "由现任法定代表人申请，或以委托代理人身份提交授权委托书；登记已变更的先更新登记信息",
            )
        ]
    return []


def statement(text: str) -> list[Violation]:
    """REP-43: an application says what was corrected and how."""
    if text.strip():
        return []
    return [Violation("REP-43", "未填写申请理由", "statement", "写明失信行为如何纠正、义务如何履行", SEED)]


def asking(text: str, asked_until: date | None) -> list[Violation]:
    """REP-61: what is asked for is written down, once at a time, without personal numbers."""
    found = no_personal_numbers(text, "reason", "补充要求")
    if asked_until is not None:
        wrong = f"已通知补充材料，期限至 {asked_until}"
        found.append(Violation("REP-61", wrong, remedy="收到材料后，仍有缺少的再通知", basis=NATION))
    return found


def identity_checked(checked_on: date | None) -> list[Violation]:
    """REP-44: the applicant's identity is checked by an officer before anything is decided."""
    if checked_on is not None:
        return []
    return [Violation("REP-44", "尚未核验申请人身份和授权", remedy="由窗口或者办理单位核对证照、授权委托书后登记核验")]


def not_before(day: date, earlier: date | None, code: str, act: str, event: str) -> list[Violation]:
    """Return the violation of an act that is dated before the event it follows."""
    if earlier is None or day >= earlier:
        return []
    return [Violation(code, f"{act}日 {day} 早于{event}日 {earlier}", "on", f"按实际日期填写，不早于{event}日")]


def opinion_fits(outcome: str, corrected: bool, materials_true: bool, text: str) -> list[Violation]:
    """REP-46: an opinion says why, and consent follows only from a verified correction with true materials."""
    if outcome not in Outcome.values or not text.strip():
        return [Violation("REP-46", "未选择意见或者未写明理由", "text", "选择意见并写明理由", SEED)]
    if outcome == Outcome.APPROVE and not (corrected and materials_true):
        wrong = "核实记录为未纠正或者材料不实，不能拟同意"
        return [Violation("REP-46", wrong, "outcome", "拟不予修复，写明理由", NATION)]
    return []


def other_officer(decided: bool) -> list[Violation]:
    """REP-57: who decided what was found wrong does not decide it again."""
    if not decided:
        return []
    return [
        Violation(
            "REP-57",
            "本人办理过已被撤销的不予修复（不予受理）决定，应当回避",
            remedy="由同一单位未参与原决定的人员办理",
            basis="公务员法第七十六条",
        )
    ]


def signs_what_was_opined(opinion: str, outcome: str) -> list[Violation]:
    """REP-47: the second officer signs the opinion or returns it; he does not write another one alone."""
    if opinion == outcome:
        return []
    label = Outcome(opinion).label if opinion in Outcome.values else "无"
    return [Violation("REP-47", f"拟办意见为“{label}”", remedy="不同意拟办意见的，写明理由退回重拟")]


def source_days(
    decided_on: date, ended_on: date | None, outcome: str, received_on: date, starts_on: date, on: date
) -> list[Violation]:
    """REP-48: a mirrored result bears the source's own days, none to come; publication ends when the source ends it."""
    if decided_on > on or (ended_on is not None and ended_on > on):
        return [Violation("REP-48", "来源的决定日或者终止公示日晚于今天", "decided_on", "来源办理之后再登记结果")]
    if decided_on < received_on:
        wrong = f"来源决定日 {decided_on} 早于收到申请日 {received_on}"
        return [Violation("REP-48", wrong, "decided_on", "核对来源文书")]
    if outcome == Outcome.REJECT:
        if ended_on is None:
            return []
        return [Violation("REP-48", "来源不同意修复，没有终止公示日", "ended_on", "留空")]
    if ended_on is None or ended_on < decided_on or ended_on < starts_on:
        wrong = "来源同意修复的，应填写来源终止公示之日，不早于其决定日和本市生效日"
        return [Violation("REP-48", wrong, "ended_on", "本市不早于也不晚于来源终止公示", NATION)]
    return []
