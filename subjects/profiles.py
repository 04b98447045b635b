"""The profiles about subjects: base data of enterprises, honours, lists of serious dishonesty, commitments.

Columns are those of the front databases that departments exchange (frred, frblack, zrrred, zrrblack, 信用承诺) and of
GB/T 36104. A register of the person's number and one of the code share a table: each has its own column.
"""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from core.intake.columns import Check, Column, ColumnType, CrossRule, Vocabulary
from core.intake.parties import IDENTITY_FIELDS
from core.intake.profiles import IDENTITY, Profile

T = ColumnType
EXCHANGED = "部门前置库表（字段名见交换约定）"

_NAME = Column(
    "JGQC", "名称", "party_name", length=200, required="R", check=Check.NAME,
    aliases=("机构全称", "企业名称", "单位名称", "主体名称", "对象名称", "姓名", "XM", "FZRXM", "JGMC", "机构名称"),
    note="单位全称；自然人填姓名", example="广元示例食品有限公司",
)  # fmt: skip
_USCC = Column(
    "TYSHXYDM", "统一社会信用代码", "uscc", T.CODE, 18, check=Check.PARTY,
    aliases=("社会信用代码", "信用代码"), note="单位必填", example="91510899MA620000X7",
)  # fmt: skip
_REGISTRATION = Column(
    "GSZCH", "工商注册号", "registration_number", T.CODE, 50, aliases=("注册号", "工商登记码", "工商登记注册号")
)
_ORGANISATION = Column("ZZJGDM", "组织机构代码", "organisation_code", T.CODE, 9, check=Check.ORG_CODE)
_NUMBER = Column(
    "SFZH", "身份证号", "party_number", T.PERSONAL, 64, check=Check.PERSONAL,
    aliases=("身份证号码", "证件号码", "公民身份号码", "居民身份证号"), note="自然人必填；不对外公开",
)  # fmt: skip
_PARTY = (_NAME, _USCC, _REGISTRATION, _ORGANISATION, _NUMBER)
_REMARK = Column("BZ", "备注", "remark", length=512, scan=True)


def _body(code: str, header: str, *aliases: str) -> tuple[Column, Column]:
    return (
        Column(code, header, "authority_name", length=200, required="R", aliases=aliases, example="广元市市场监督管理局（示例）"),
        Column(
            f"{code}_DM", f"{header}统一社会信用代码", "authority_code", T.CODE, 18, check=Check.BODY,
            aliases=(f"{header}代码",), sure=False, example="11510899008391421A",
        ),
    )  # fmt: skip


def _one_of_two(column: str) -> tuple[CrossRule, ...]:
    """A party is a body with its code or a person with a number, never both, never neither."""
    code, number = pl.col("uscc"), pl.col("party_number")
    register = pl.col("registration_number")
    return (
        CrossRule(
            "V01", column, "统一社会信用代码、工商注册号、身份证号至少填写一项",
            code.is_null() & number.is_null() & register.is_null(),
        ),
        CrossRule("V02", column, "统一社会信用代码和身份证号不能同时填写", code.is_not_null() & number.is_not_null()),
    )  # fmt: skip


_STATES = Vocabulary(
    "subject_state", "登记状态", ("存续", "吊销", "注销"),
    {"在业": "存续", "开业": "存续", "正常": "存续", "在营": "存续", "存续（在营、开业、在册）": "存续", "吊销未注销": "吊销",
     "吊销，未注销": "吊销", "已吊销": "吊销", "已注销": "注销", "1": "存续", "2": "吊销", "3": "注销"},
    basis="GB/T 36104-2018（取值待核实）", sure=False,
)  # fmt: skip

SUBJECTS = Profile(
    code="subjects",
    title="企业基础信息",
    version="2018",
    columns=(
        replace(_NAME, header="机构名称", note="登记的全称", aliases=(*_NAME.aliases, "名称")),
        replace(_USCC, required="R"),
        _REGISTRATION,
        _ORGANISATION,
        Column("CLRQ", "成立日期", "established_on", T.DATE, aliases=("注册日期", "设立日期"), example="2018/05/02"),
        Column("XZQH", "行政区划代码", "district_code", T.CODE, 6, aliases=("注册地址行政区划", "行政区划"), example="510899"),
        Column("ZCDZ", "注册地址", "address", length=500, aliases=("住所", "地址", "机构地址"), example="广元市示例路 1 号"),
        Column("JJHYDM", "行业", "industry", length=100, aliases=("行业代码", "所属行业", "行业名称")),
        Column(
            "FDDBRXM", "法定代表人", "legal_representative", length=50, example="张示例",
            aliases=("法定代表人姓名", "法定代表人（负责人）", "负责人", "经营者", "FDDBR"),
        ),
        Column("DJGLBMMC", "登记机关", "registrar", length=200, aliases=("登记管理部门", "登记部门")),
        Column(
            "ZT", "登记状态", "status", T.CHOICE, 20, vocabulary="subject_state", aliases=("状态", "经营状态"), example="存续",
        ),
        Column("JYFW", "经营范围", "business_scope", length=4000, standard=False),
        Column("ZCZJ", "注册资金(万元)", "capital", T.AMOUNT, standard=False, aliases=("注册资本（万元）", "注册资金", "注册资本")),
    ),
    key=("uscc",),
    identity=("uscc",),
    target="subjects",
    vocabularies={"subject_state": _STATES},
    rules=(CrossRule("V06", "CLRQ", "成立日期晚于今天", pl.col("established_on") > pl.col("today")),),
    note="按统一社会信用代码登记或更新主体；名称与代码不符的转为疑问数据。",
)  # fmt: skip

HONOURS = Profile(
    code="honours",
    title="荣誉（红榜）",
    version="frred/zrrred",
    columns=(
        *_PARTY,
        Column("RYMC", "荣誉名称", "title", length=256, required="R", example="广元市守合同重信用企业（示例）"),
        Column("RYNR", "荣誉内容", "content", length=2000, scan=True),
        Column("RYDJ", "荣誉等级", "level", length=50, example="市级"),
        Column("RDRQ", "认定日期", "decided_on", T.DATE, required="R", example="2026/03/02"),
        Column("YXQZ", "有效期至", "ends_on", T.DATE, long_term=True, sure=False, aliases=("荣誉有效期",)),
        *_body("RDBMQC", "认定部门全称", "认定部门", "认定单位"),
        Column("RDWH", "认定文号", "document_number", length=128, example="广示发〔2026〕1号"),
        _REMARK,
    ),
    key=(IDENTITY, "title", "decided_on", "authority_name"),
    identity=IDENTITY_FIELDS,
    target="credit_records",
    rules=(
        *_one_of_two("TYSHXYDM"),
        CrossRule("V06", "RDRQ", "认定日期晚于今天", pl.col("decided_on") > pl.col("today")),
        CrossRule("V06", "YXQZ", "有效期至早于认定日期", pl.col("ends_on") < pl.col("decided_on")),
    ),
)  # fmt: skip

SERIOUS_DISHONESTY = Profile(
    code="serious-dishonesty",
    title="严重失信主体名单",
    version="frblack/zrrblack",
    columns=(
        *_PARTY,
        Column("FDDBR", "法定代表人", "legal_representative", length=50, aliases=("法定代表人姓名",)),
        Column("ZCDZ", "注册地址", "address", length=500, aliases=("住所",)),
        Column("MDLX", "名单类型", "title", length=200, sure=False, aliases=("名单名称", "列入名单", "失信类型"),
               example="拖欠农民工工资失信联合惩戒对象名单"),
        Column(
            "ZYSXSS", "主要失信事实", "content", length=4000, required="R", scan=True, aliases=("列入事由", "失信事实"),
            example="经查证的失信事实",
        ),
        Column("XZCFHPJNR", "行政处罚或判决内容", "decision_content", length=4000, scan=True, aliases=("处罚或判决内容",)),
        Column("LRYJ", "列入依据", "basis", length=2048, sure=False),
        Column(
            "QRYZSXSJ", "确认严重失信时间", "decided_on", T.DATE, required="R", aliases=("列入时间", "列入日期", "认定日期"),
            example="2026/03/02",
        ),
        Column("YJTCRQ", "预计退出日期", "ends_on", T.DATE, long_term=True, sure=False, aliases=("移出日期", "退出日期")),
        Column("RDWH", "认定文号", "document_number", length=128, aliases=("文书号",), example="广示决〔2026〕1号"),
        *_body("RDDW", "认定单位", "发布机关", "认定机关", "列入机关"),
        Column("XMMC", "项目名称", "project", length=500, standard=False),
        _REMARK,
    ),
    key=(IDENTITY, "document_number", "decided_on", "authority_name"),
    identity=IDENTITY_FIELDS,
    target="credit_records",
    rules=(
        *_one_of_two("TYSHXYDM"),
        CrossRule("V06", "QRYZSXSJ", "确认时间晚于今天", pl.col("decided_on") > pl.col("today")),
        CrossRule("V06", "YJTCRQ", "预计退出日期早于确认时间", pl.col("ends_on") < pl.col("decided_on")),
    ),
    note="只登记外来名单，不因此产生惩戒措施。",
)  # fmt: skip

_KINDS = Vocabulary(
    "commitment_kind", "承诺类型",
    ("审批替代型", "容缺受理型", "证明事项型", "信用修复型", "行业自律型", "主动型"),
    {"主动公示型": "主动型", "告知承诺型": "证明事项型", "01": "审批替代型", "02": "主动型"},
    open_prefix="其他-", basis="信用承诺归集字段（取值待核实）", sure=False,
)  # fmt: skip
_FULFILMENT = Vocabulary(
    "fulfilment", "履行状态", ("未履行", "部分履行", "全部履行", "违反承诺"),
    {"履行": "全部履行", "已履行": "全部履行", "全部未履行": "未履行", "违约": "违反承诺"},
    basis="信用承诺归集字段（取值待核实）", sure=False,
)  # fmt: skip

COMMITMENTS = Profile(
    code="commitments",
    title="信用承诺",
    version="2020",
    columns=(
        *_PARTY,
        Column(
            "CNLX", "承诺类型", "title", T.CHOICE, 50, required="R", vocabulary="commitment_kind", aliases=("信用承诺类型",),
            example="审批替代型",
        ),
        Column(
            "CNBM", "承诺编码", "document_number", T.CODE, 20, required="R", aliases=("承诺编号", "信用承诺编码"),
            note="6 位区划 + 8 位日期 + 6 位序号", example="51089920260302000001",
        ),
        Column("CNSX", "承诺事项", "matter", length=256, sure=False, aliases=("承诺事由",)),
        Column("CNNR", "承诺内容", "content", length=4000, scan=True, aliases=("内容",)),
        Column("CNRQ", "承诺日期", "decided_on", T.DATE, required="R", example="2026/03/02"),
        Column("CNYXQ", "承诺有效期", "ends_on", T.DATE, long_term=True, sure=False, aliases=("承诺有效期至", "有效期至")),
        Column(
            "LXZT", "履行状态", "fulfilment", T.CHOICE, 20, vocabulary="fulfilment", aliases=("承诺履行状态",), example="全部履行",
        ),
        *_body("SLDW", "受理单位", "承诺受理单位"),
        _REMARK,
    ),
    key=("document_number",),
    identity=IDENTITY_FIELDS,
    target="credit_records",
    vocabularies={"commitment_kind": _KINDS, "fulfilment": _FULFILMENT},
    rules=(
        *_one_of_two("TYSHXYDM"),
        CrossRule("V06", "CNRQ", "承诺日期晚于今天", pl.col("decided_on") > pl.col("today")),
        CrossRule(
            "V03", "CNBM", "承诺编码应为 20 位数字：6 位区划、8 位日期、6 位序号",
            ~pl.col("document_number").str.contains(r"^[0-9]{20}$"), "warning",
        ),
    ),
)  # fmt: skip

PROFILES = (SUBJECTS, HONOURS, SERIOUS_DISHONESTY, COMMITMENTS)
