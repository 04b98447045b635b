"""Shapes of public answers: exactly the allow-lists of the selectors."""

from __future__ import annotations

from core.api.schema import declare_shapes
from core.api.shapes import Shape, day, flag, listing, number, text

POLARITIES = ("discipline", "incentive")

LISTED_SUBJECT = Shape(
    "ListedSubject",
    {"id": text("公开编号"), "code": text("统一社会信用代码；没有的为公开编号"), "name": text("名称")},
    "名单上的法人或者非法人组织",
)
ENTRY_NAME = Shape("EntryName", {"code": text("事项编码"), "title": text("事项名称")}, "目录清单事项")
LISTING = Shape(
    "PublicListing",
    {
        "id": text("公开编号"),
        "kind": text("名单类别", choices=POLARITIES),
        "subject": LISTED_SUBJECT.ref,
        "entry": ENTRY_NAME.ref,
        "decided_by": text("印发认定决定的单位"),
        "document": text("认定决定文号"),
        "basis": text("依据"),
        "period": text("统一期限"),
        "starts_on": day("生效日，当日有效"),
        "ends_on": day("最后有效日；没有确定截止日或者暂停未结束时为 null", null=True),
        "state": text("今日状态", choices=("in_force", "paused")),
        "state_label": text("今日状态的名称"),
        "mark": text("异议处理中、措施暂停执行等标注；没有的为空"),
        "governed_by": text("列入依据：city 本市认定，source 依源名单"),
        "governed_by_label": text("列入依据的名称"),
        "exit_terms": text("移出条件和程序"),
        "remedies": text("救济途径"),
        "explanation": text("起止日期的由来"),
    },
    "名单上的一项列入",
)

UNIT = Shape("CatalogueUnit", {"code": text("单位代码"), "name": text("名称"), "short_name": text("简称")}, "单位")
KIND = Shape("CatalogueSubjectKind", {"code": text("代码"), "label": text("名称")}, "适用的主体类型")
BASIS = Shape(
    "CatalogueBasis",
    {
        "instrument": text("法律文件"),
        "number": text("文号"),
        "kind": text("文件类别代码"),
        "kind_label": text("文件类别"),
        "article": text("条款"),
        "needs_check": flag("引用尚待核对"),
    },
    "事项依据",
)
MEASURE = Shape(
    "CatalogueMeasure",
    {
        "code": text("措施编码"),
        "name": text("措施名称"),
        "content": text("措施内容"),
        "measure_class": number("措施类别"),
        "measure_class_label": text("措施类别名称"),
        "target": text("措施对象代码"),
        "target_label": text("措施对象"),
        "mode": text("期限方式代码"),
        "mode_label": text("期限方式"),
        "min_months": number("法定最短月数", null=True),
        "max_months": number("法定最长月数", null=True),
        "permanent": flag("长期"),
        "units": listing(UNIT, "实施单位"),
        "basis": listing(text(), "措施依据"),
        "executable": flag("当日依据是否足以实施"),
    },
    "事项列明的一项措施",
)
PERIOD = Shape(
    "CataloguePeriod",
    {
        "kind": text("期限种类代码"),
        "kind_label": text("期限种类"),
        "min_months": number("最短月数", null=True),
        "max_months": number("最长月数", null=True),
        "default_months": number("通常月数", null=True),
        "alternative": text("另可为：permanent 长期，until_performed 至履行完毕", null=True),
        "text": text("期限原文"),
        "needs_check": flag("期限尚待核对"),
    },
    "实施期限",
)
REVISION = Shape(
    "CatalogueRevision",
    {
        "public_id": text("版本编号"),
        "number": number("版次"),
        "effective_from": day("生效日"),
        "effective_to": day("最后有效日", null=True),
    },
    "现行版本",
)
ENTRY = Shape(
    "CatalogueEntry",
    {
        "code": text("事项编码"),
        "polarity": text("事项类别", choices=POLARITIES),
        "polarity_label": text("事项类别名称"),
        "domain": text("领域"),
        "title": text("事项名称"),
        "cause": text("实施事由"),
        "handling": text("处理措施"),
        "evidence": listing(text(), "证据材料"),
        "subject_kinds": listing(KIND, "适用的主体类型"),
        "initiating_units": listing(UNIT, "发起单位"),
        "basis": listing(BASIS, "依据"),
        "measures": listing(MEASURE, "措施"),
        "period": PERIOD.ref,
        "repair_condition": text("修复、退出条件"),
        "repair_needs_check": flag("修复条件尚待核对"),
        "severity": text("失信程度代码", null=True),
        "severity_label": text("失信程度", null=True),
        "governed_by": text("名单管理：city 本市，source 名单来源部门"),
        "revision": REVISION.ref,
        "warnings": listing(text(), "尚待核对之处"),
    },
    "目录清单中当日有效的一个事项",
)
declare_shapes(LISTED_SUBJECT, ENTRY_NAME, UNIT, KIND, BASIS, MEASURE, PERIOD, REVISION)
