"""The parts of a record's page: what was found in the text, what the public will see, what an update changes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.masking import find_personal_numbers
from organizations.acts.pages import Row, Section, address
from organizations.acts.words import SEAL, chip, zh
from publicity import selectors
from publicity.enums import RecordKind, Scope, State
from publicity.words import whole_state

SCANNED = {
    RecordKind.PENALTY.value: ("violation", "facts", "basis", "kinds_text", "content", "suspended_permit"),
    RecordKind.LICENCE.value: ("document_title", "certificate_name", "content"),
}
SHOWN_LABELS = (
    ("name", "行政相对人"), ("code", "统一社会信用代码"), ("document_title", "许可文书名称"), ("document_number", "文书号"),
    ("licence_kind", "许可类别"), ("certificate_name", "证书名称"), ("certificate_number", "许可编号"), ("kinds", "处罚类别"),
    ("violation", "违法行为类型"), ("facts", "违法事实"), ("basis", "处罚依据"), ("content", "决定内容"),
    ("fine", "罚款金额（万元）"), ("confiscated", "没收金额（万元）"), ("suspended_permit", "暂扣或吊销证照"),
    ("decided_on", "决定日期"), ("valid_from", "有效期自"), ("valid_to", "有效期至"), ("severity_label", "失信程度"),
    ("authority_name", "决定机关"), ("source_name", "数据来源单位"), ("last_public_day", "公示截止"), ("mark", "标注"),
)  # fmt: skip
PAIRS = ("", "")  # a list of names and texts
UNSEEN = (
    "legal_representative", "representative_id_type", "registration_number", "organisation_code", "tax_number",
    "institution_number", "association_number", "party_id_type", "item_code", "remark", "stated_until", "status",
    "repair_notice_served",
)  # fmt: skip
# What the scan of a file notes besides personal numbers, for the person who looks at it.
NOTED = {
    "V12": "机关代码不在本市单位表中；确属外地或者上级机关的可以办理",
    "V15": "文字中有像证件号码、手机号码的内容；公示时一律遮盖",
}


def worded(value: object) -> object:
    """Return a value of the allow-list as a person reads it."""
    return zh(value) if isinstance(value, date) else value


def preview(record: Any) -> Section:
    """Return what the public will see, by the allow-list that every page and interface uses."""
    if record.scope == Scope.NOT_OPEN:
        return Section("公众将看到的内容", (), [], f"不对外公开：{record.scope_reason}")
    shown = selectors.public_record(record)
    rows = [Row((label, worded(value))) for key, label in SHOWN_LABELS if (value := shown.get(key)) not in (None, "")]
    note = "与公开页面、接口同一份清单；证件号码、电话、住所、法定代表人一律不公开，正文中的号码已遮盖。"
    return Section("公众将看到的内容", PAIRS, rows, note=note)


def changes(record: Any) -> list[Section]:
    """Return what an update says otherwise than the version that the public sees until it is passed."""
    if record.version == 1 or record.state not in (State.REPORTED, State.CHECKED):
        return []
    before = selectors.versions_of(record).filter(state=State.PASSED).select_related("subject", "person_rule").first()
    if before is None:
        return []
    old, new = selectors.public_record(before), selectors.public_record(record)
    rows = [
        Row((label, worded(old.get(key)) or "—", worded(new.get(key)) or "—"))
        for key, label in SHOWN_LABELS
        if old.get(key) != new.get(key)
    ]
    names = [name for name in UNSEEN if hasattr(record, name) and getattr(before, name) != getattr(record, name)]
    quiet = "、".join(str(record._meta.get_field(name).verbose_name) for name in names)
    note = f"不公开的内容也有改动：{quiet}。" if quiet else ""
    empty = "公众看到的内容没有变化" + ("；" if quiet else "。") + note
    head = ("项目", f"第{before.version}版（公众现在看到）", f"第{record.version}版（审核后看到）")
    return [Section("这次更新改了什么", head, rows, empty, note)]


def hits(record: Any) -> list[Section]:
    """Return what the scan found, with the numbers themselves replaced by words."""
    rows = []
    for name in SCANNED[selectors.kind_of(record)]:
        text = getattr(record, name)
        if find_personal_numbers(text):
            rows.append(Row((record._meta.get_field(name).verbose_name, marked(text))))
    for finding in record.findings:
        code, _, column = finding.partition(":")
        if code == "V15" and column in SCANNED[selectors.kind_of(record)]:
            continue  # shown above, with its text
        fields = {field.name: str(field.verbose_name) for field in record._meta.concrete_fields}
        rows.append(Row((fields.get(column, column), f"{code}：{NOTED.get(code, '校验提示')}")))
    if not rows:
        return []
    note = "已有人看过并记录结论。" if record.looked_at else "看过并记录结论之前不能办理。"
    return [Section("疑点（V15 等）", ("位置", "内容"), rows, note=note)]


def versions(record: Any) -> list[Section]:
    """Return every version of the same decision."""
    found = list(selectors.versions_of(record))
    if len(found) < 2:
        return []
    rows = [
        Row(
            (
                _this(row)
                if row.pk == record.pk
                else format_html('<a href="{}">第{}版</a>', address(row), row.version),
                whole_state(row),
                zh(row.reported_on),
                zh(row.visible_from),
                row.remark,
            )
        )
        for row in found
    ]
    return [Section("同一决定的各个版本", ("版本", "状态", "报送", "公示自", "备注"), rows)]


def _this(row: Any) -> str:
    return f"第{row.version}版（本页）"


def marked(text: str) -> SafeString:
    """Return the text with every personal number in it replaced by a mark that says what stood there."""
    parts: list[tuple[object]] = []
    at = 0
    for number in find_personal_numbers(text):
        parts += [(text[at : number.start],), (chip(f"此处疑似{number.kind.value}", SEAL),)]
        at = number.end
    return format_html_join("", "{}", [*parts, (text[at:],)])
