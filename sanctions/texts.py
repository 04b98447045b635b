"""Standing words of a determination: how one leaves the list, and where one may turn."""

from __future__ import annotations

from core.periods import Period
from sanctions.enums import GovernedBy, Polarity
from sanctions.models import Case

OBJECTION = (
    "不服本决定的，可先向作出认定的单位提出书面异议；对答复仍有异议的，可向联席会议办公室投诉。"
    "异议投诉处理期间联合惩戒措施暂停执行。也可依法申请行政复议或者提起行政诉讼。"
)
SOURCE_OBJECTION = (
    "对列入源名单有异议的，依该名单的规定向{unit}提出，本平台可代为转交并出具回执；对本市实施的措施有异议的，"
    "向实施单位提出。也可依法申请行政复议或者提起行政诉讼。"
)
REWARD_OBJECTION = "对认定有异议的，可向印发单位提出。"
REWARD_EXIT = "{end}；有下列情形的由认定单位取消：{condition}；被列入失信惩戒名单的，由{unit}提请取消。"
CITY_EXIT = "{end}；期限内纠正失信行为、消除不良影响的，可向{unit}申请信用修复：{condition}。"
SOURCE_EXIT = (
    "本决定只确定本市联合实施的措施：{end}，或者源名单移出之日解除，以先到者为准。"
    "源名单的列入、移出和修复依其自身规定由{unit}办理：{condition}。"
)


def exit_and_remedies(case: Case, period: Period) -> dict[str, str]:
    """Return 移出条件和程序 and 救济途径 that are true of this polarity, this list and this period."""
    condition = case.revision.repair_condition.rstrip("。；")
    facts = {"unit": case.unit.name, "condition": condition, "end": _end(period)}
    if case.polarity == Polarity.INCENTIVE:
        return {"exit_terms": REWARD_EXIT.format(**facts), "remedies": REWARD_OBJECTION}
    if case.revision.governed_by == GovernedBy.SOURCE:
        return {"exit_terms": SOURCE_EXIT.format(**facts), "remedies": SOURCE_OBJECTION.format(**facts)}
    return {"exit_terms": CITY_EXIT.format(**facts), "remedies": OBJECTION}


def _end(period: Period) -> str:
    if period.permanent:
        return "长期有效，没有到期日"
    if period.until_performed:
        return "至义务履行完毕或者所附情形出现之日，经发起单位确认后移出"
    return "期限届满自动移出"
