"""What the organisations' rules allow: pure functions over plain values, each with a code and what mends it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from core.identifiers import uscc_valid
from core.problems import Violation
from organizations.enums import ADMIN_ROLES, Role

THREE_ADMINISTRATORS = "网络安全等级保护要求：系统管理、安全管理、审计管理相互独立"
BY_SYSTEM_ADMIN = "由系统管理员在“单位”中核对后办理"
BY_SECURITY_ADMIN = "由安全管理员调整任职后办理"
BY_OFFICE = "由联席会议办公室维护后办理"
USCC_LENGTH = 18  # as long as a citizen number, which must not stand here
OVERLAP_HOURS = (0, 24, 72, 168)
CLIENT_LONGEST = timedelta(days=3 * 366)
CLIENT_MOST_REQUESTS = 100_000
SUBJECT_CODE = re.compile(r"^(?:[0-9A-HJ-NPQRTUWXY]{18}|[0-9A-HJKMNP-TV-Z]{16})$")


@dataclass(frozen=True, slots=True)
class Span:
    """A period, both ends in force, open where None."""

    start: date | None
    end: date | None

    def overlaps(self, other: Span) -> bool:
        starts_in_time = self.start is None or other.end is None or self.start <= other.end
        ends_in_time = self.end is None or other.start is None or self.end >= other.start
        return starts_in_time and ends_in_time


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment an officer holds, as far as rules look at it."""

    role: str
    unit_id: int
    group_id: int | None
    district_id: int | None
    span: Span


def period_sane(start: date | None, end: date | None) -> list[Violation]:
    """ORG-10: a period does not end before it begins."""
    if start and end and end < start:
        return [Violation("ORG-10", f"截止日期 {end} 早于起始日期 {start}", "valid_to", "核对起止日期")]
    return []


def three_administrators(role: str, span: Span, held: Iterable[Held]) -> list[Violation]:
    """ORG-01: on one day an officer holds one administrator's role and nothing else, or no administrator's role."""
    clashing = [row for row in held if row.span.overlaps(span) and (role in ADMIN_ROLES or row.role in ADMIN_ROLES)]
    if not clashing:
        return []
    names = "、".join(dict.fromkeys(Role(row.role).label for row in clashing))
    return [
        Violation(
            "ORG-01",
            f"三员互斥：已任{names}，同期不能再任{Role(role).label}",
            "role",
            "由安全管理员先收回原岗位，或改由其他人员担任",
            THREE_ADMINISTRATORS,
        )
    ]


def unit_takes_assignments(name: str, valid_from: date | None, valid_to: date | None, span: Span) -> list[Violation]:
    """ORG-02: nobody is assigned to a unit on days on which it does not exist."""
    before = valid_from is not None and (span.start is None or span.start < valid_from)
    if before:
        return [Violation("ORG-02", f"{name}于 {valid_from} 才设立", "valid_from", "任职起始日不早于单位设立日")]
    if valid_to is not None and (span.end is None or span.end > valid_to):
        return [
            Violation(
                "ORG-02",
                f"{name}已于 {valid_to} 撤并，此后不能再安排任职",
                "organization",
                "改为承继其职责的单位；单位状态有误的，" + BY_SYSTEM_ADMIN,
            )
        ]
    return []


def takes_over(name: str, in_force: bool, on: date) -> list[Violation]:
    """ORG-03: duties pass only to a unit that exists on the day."""
    if in_force:
        return []
    return [
        Violation(
            "ORG-03",
            f"承继单位{name}在 {on} 不存续，不能接收职责",
            "successor",
            "改选当日存续的单位，" + BY_SYSTEM_ADMIN,
        )
    ]


def no_circle(
    predecessor_id: int, successor_ids: Collection[int], edges: Mapping[int, Collection[int]]
) -> list[Violation]:
    """ORG-04: no chain of successions leads back to where it began."""
    seen: set[int] = set()
    frontier = list(successor_ids)
    while frontier:
        unit = frontier.pop()
        if unit == predecessor_id:
            return [Violation("ORG-04", "职责承继成环：承继单位的职责最终又回到原单位", "successor", BY_SYSTEM_ADMIN)]
        if unit not in seen:
            seen.add(unit)
            frontier.extend(edges.get(unit, ()))
    return []


def still_standing(name: str, in_force: bool, on: date) -> list[Violation]:
    """ORG-05: a unit that does not exist on the day is not renamed, merged, split or dissolved on it."""
    if in_force:
        return []
    return [Violation("ORG-05", f"{name}在 {on} 不存续，不能再变更", "organization", BY_SYSTEM_ADMIN)]


def renamed_forward(on: date, current_from: date | None, old: str, new: str) -> list[Violation]:
    """ORG-06: a new name differs and begins after the present one began."""
    found = []
    if old == new:
        found.append(Violation("ORG-06", "新名称与现名称相同", "name", "填写变更后的名称"))
    if current_from is not None and on <= current_from:
        found.append(
            Violation(
                "ORG-06",
                f"现名称自 {current_from} 起使用，更名日期须晚于该日",
                "on",
                "核对更名日期；旧名称有误的，" + BY_SYSTEM_ADMIN,
            )
        )
    return found


def counterpart_named(
    role: str, unit_id: int, group_leads: Collection[int] | None, group_is_office: bool, office_of_district: int | None
) -> list[Violation]:
    """ORG-07: a group's officer serves a leading unit of a named group, a county officer its credit office."""
    if role in (Role.GROUP_LEAD, Role.OFFICE):
        if group_leads is None:
            return [
                Violation("ORG-07", f"{Role(role).label}岗位须指明小组", "group", "选择对应的专项小组或联席会议办公室")
            ]
        if group_is_office != (role == Role.OFFICE):
            return [Violation("ORG-07", "岗位与小组不符：联席办岗位只对应联席会议办公室", "group", "改选岗位或小组")]
        if unit_id not in group_leads:
            return [
                Violation(
                    "ORG-07",
                    "该单位不是所选小组的牵头单位",
                    "organization",
                    "改选牵头单位；牵头单位有误的，" + BY_OFFICE,
                )
            ]
    if role == Role.DISTRICT_CREDIT and office_of_district != unit_id:
        return [
            Violation("ORG-07", "县区信用办岗位须在该区划的信用工作机构任职", "district", "选择区划及其信用工作机构")
        ]
    return []


def not_twice(job: Held, held: Iterable[Held]) -> list[Violation]:
    """ORG-08: the same job is not given twice for the same days."""
    for row in held:
        if replace(row, span=job.span) == job and row.span.overlaps(job.span):
            return [
                Violation(
                    "ORG-08", f"同期已有相同岗位（自 {row.span.start} 起）", "role", "先收回原岗位，或调整起止日期"
                )
            ]
    return []


def not_to_oneself(granter_id: int | None, officer_id: int) -> list[Violation]:
    """ORG-09: nobody gives himself a job or takes one back from himself."""
    if granter_id == officer_id:
        return [
            Violation("ORG-09", "不得为本人授予或收回岗位", "officer", "由另一名安全管理员办理", THREE_ADMINISTRATORS)
        ]
    return []


def account_open(username: str, is_active: bool) -> list[Violation]:
    """ORG-11: a closed account takes no job."""
    if is_active:
        return []
    return [Violation("ORG-11", f"账号 {username} 已停用", "officer", "由系统管理员启用账号后办理")]


def username_free(username: str, taken: bool, well_formed: bool) -> list[Violation]:
    """ORG-12: usernames are well formed and unique, whatever their case."""
    if not well_formed:
        return [Violation("ORG-12", "用户名应为 3 至 50 位字母、数字、点、横线或下划线", "username", "更换用户名")]
    return [Violation("ORG-12", f"用户名 {username} 已被使用", "username", "更换用户名")] if taken else []


def password_fit(messages: Iterable[str]) -> list[Violation]:
    """ORG-13: a password meets every password rule of the platform."""
    return [Violation("ORG-13", message, "password", "更换密码") for message in messages]


def recusal_names_someone(has_unit: bool, subject_code: str) -> list[Violation]:
    """ORG-14: a recusal names a unit or the code of a subject, never a personal number."""
    if not has_unit and not subject_code:
        return [Violation("ORG-14", "回避须指明单位或主体", "organization", "选择单位，或填写主体代码")]
    is_number = len(subject_code) == USCC_LENGTH and not uscc_valid(subject_code, inner=False)
    if subject_code and (is_number or not SUBJECT_CODE.match(subject_code)):
        return [
            Violation(
                "ORG-14",
                "主体代码应为统一社会信用代码或平台公开编号",
                "subject_code",
                "不要填写证件号码；自然人使用其公开编号",
            )
        ]
    return []


def splits_into_several(successor_ids: Collection[int]) -> list[Violation]:
    """ORG-15: a split has at least two different successors; with one it is a merge."""
    if len(set(successor_ids)) >= 2:
        return []
    return [Violation("ORG-15", "分立须有两个以上不同的承继单位", "successors", "只有一个承继单位的，按并入办理")]


def one_group_per_kind(kinds: Iterable[str], taken: Mapping[str, str]) -> list[Violation]:
    """ORG-16: a kind of subject is routed to exactly one group."""
    return [
        Violation("ORG-16", f"该主体类型已归“{taken[kind]}”", "subject_kinds", "先从原小组移出，" + BY_OFFICE)
        for kind in kinds
        if kind in taken
    ]


def administrators_remain(before: int, after: int) -> list[Violation]:
    """ORG-17: the last security administrator is not taken away; nobody could grant a right any more."""
    if after > 0 or before == 0:
        return []
    return [
        Violation(
            "ORG-17",
            "这是最后一名安全管理员，办理后无人能够授权",
            "assignment",
            "先由安全管理员授予另一名安全管理员",
            THREE_ADMINISTRATORS,
        )
    ]


def password_is_new(same: bool) -> list[Violation]:
    """ORG-13: a changed password differs from the present one, or a first password would stay in use for ever."""
    return [Violation("ORG-13", "新密码与现用密码相同", "password", "更换为未使用过的密码")] if same else []


def nothing_left_behind(led_groups: Iterable[str], offices: Iterable[str]) -> list[Violation]:
    """ORG-18: a unit that leads a group or is a district's credit office is not dissolved before these are handed on."""
    found = [
        Violation("ORG-18", f"该单位仍是“{name}”的牵头单位", "organization", "先由联席会议办公室调整牵头单位")
        for name in led_groups
    ]
    found += [
        Violation("ORG-18", f"该单位仍是{name}的信用工作机构", "organization", "先由系统管理员指定新的信用工作机构")
        for name in offices
    ]
    return found


def reason_given(reason: str) -> list[Violation]:
    """ORG-19: acts that take something away say why."""
    return [] if reason.strip() else [Violation("ORG-19", "须写明理由", "reason", "填写办理理由")]


def client_is_new(name: str, taken: bool) -> list[Violation]:
    """ORG-27: a unit has one client in use per system; a second click, or a page loaded again, makes no second one."""
    if not taken:
        return []
    mend = "确需重新取得密钥的，在该客户端页面更换密钥；不同的系统使用不同的名称"
    return [Violation("ORG-27", f"该单位已登记启用中的“{name}”", "name", mend)]


def scopes_known(scopes: Iterable[str], known: Collection[str]) -> list[Violation]:
    """ORG-20: a client gets at least one scope, all of them known."""
    asked = list(scopes)
    if not asked:
        return [Violation("ORG-20", "接口客户端至少需要一项授权范围", "scopes", "选择授权范围")]
    return [
        Violation("ORG-20", f"没有“{scope}”这一授权范围", "scopes", "从已定义的授权范围中选择")
        for scope in asked
        if scope not in known
    ]


def client_outlives(expires_on: date | None, on: date) -> list[Violation]:
    """ORG-28: a client's last day is not behind us, and no client is granted for longer than the longest term."""
    if expires_on is None or on <= expires_on <= on + CLIENT_LONGEST:
        return []
    if expires_on < on:
        return [Violation("ORG-28", f"有效期至 {expires_on} 早于今天 {on}", "expires_on", "填写今天或以后的日期")]
    latest = on + CLIENT_LONGEST
    return [Violation("ORG-28", f"有效期最长三年，至迟 {latest}", "expires_on", "到期前可以展期")]


def client_rate_sane(requests: int | None) -> list[Violation]:
    """ORG-29: a client's own limit is between 1 and what one installation can answer."""
    if requests is None or 1 <= requests <= CLIENT_MOST_REQUESTS:
        return []
    said = f"每分钟请求上限应在 1 至 {CLIENT_MOST_REQUESTS} 之间"
    return [Violation("ORG-29", said, "requests_per_minute", "留空则按平台统一上限")]


def client_open(name: str, is_active: bool) -> list[Violation]:
    """ORG-30: nothing is changed on a client that was closed."""
    return [] if is_active else [Violation("ORG-30", f"客户端“{name}”已停用", None, "需要恢复的，重新登记")]


def overlap_known(hours: int) -> list[Violation]:
    """ORG-31: an old secret works on for one of the offered spans, or not at all."""
    if hours in OVERLAP_HOURS:
        return []
    offered = "、".join(str(hour) for hour in OVERLAP_HOURS)
    return [Violation("ORG-31", f"原密钥沿用时间应为 {offered} 小时之一", "overlap_hours", "从所列时间中选择")]


def signing_possible(required: bool, has_key: bool) -> list[Violation]:
    """ORG-32: signatures are demanded only of a client whose secret was issued since signatures exist."""
    if has_key or not required:
        return []
    return [Violation("ORG-32", "该客户端的密钥发放较早，不能用于签名", "signature_required", "先更换密钥，再要求签名")]
