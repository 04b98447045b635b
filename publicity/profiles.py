"""The profiles of double publicity: licences and penalties of the 2018 standard, and their tables of 2015/16.

Field names are the columns of `publicity.models`. What the standard leaves unsure is marked and kept as editable rows.
"""

from __future__ import annotations

import polars as pl

from core.intake import parties
from core.intake.columns import Check, Column, ColumnType, CrossRule, Derived, Layout, Vocabulary
from core.intake.profiles import IDENTITY, Profile
from publicity.enums import PUBLISH

T = ColumnType
AMOUNT_TO_LOOK_AT = 10_000  # 万元: V09 asks to look again
PLACEHOLDER_DAY = "YYYY/MM/DD"
KEY = ("authority_code", "document_number", IDENTITY, "decided_on")


def _authority(prefix: str, kind: str, body: str, code: str, source: str, source_code: str) -> tuple[Column, ...]:
    return (
        Column(
            f"{prefix}_{body}", f"{kind}机关", "authority_name", length=200, required="R",
            aliases=(f"{kind}机关名称", f"{kind}机关全称", f"{kind}决定机关", f"{prefix}_XZJG"),
            note="作出决定的机关全称", example="广元市市场监督管理局（示例）",
        ),
        Column(
            f"{prefix}_{code}", f"{kind}机关统一社会信用代码", "authority_code", T.CODE, 18, required="R",
            check=Check.BODY, aliases=(f"{kind}机关代码",), note="作出决定的机关自己的代码", example="11510899008391421A",
        ),
        Column(
            f"{prefix}_{source}", "数据来源单位", "source_name", length=200, required="R",
            aliases=("数据来源单位名称", "数据来源", "来源单位"), note="上传数据的单位", example="广元市市场监督管理局（示例）",
        ),
        Column(
            f"{prefix}_{source_code}", "数据来源单位统一社会信用代码", "source_code", T.CODE, 18, required="R",
            check=Check.BODY, aliases=("数据来源单位代码", "来源单位统一社会信用代码"), example="11510899008391421A",
        ),
        Column("BZ", "备注", "remark", length=512, scan=True, aliases=("备注说明",)),
    )  # fmt: skip


def _extras(prefix: str, item: tuple[str, ...]) -> tuple[Column, ...]:
    """Columns that platforms add and no template asks for."""
    return (
        Column(
            f"{prefix}_BM", "权力编码", "item_code", length=64, standard=False, sure=False,
            aliases=("权力事项编码", "事项编码", *item),
        ),
        Column(
            f"{prefix}_SYFW", "使用范围", "shared_scope", T.CHOICE, 30, standard=False, sure=False, vocabulary="scope",
            aliases=("信息使用范围", "公开范围"),
        ),
        Column(
            f"{prefix}_SFSM", "是否涉密", "secret", T.CHOICE, 10, standard=False, sure=False, vocabulary="yes_no",
            aliases=("是否涉及国家秘密", "涉密"),
        ),
    )  # fmt: skip


SCOPES = Vocabulary(
    "scope", "使用范围", ("公示", "仅政府部门内部共享", "仅可授权查询"),
    {"0": "公示", "1": "仅政府部门内部共享", "2": "仅可授权查询", "社会公开": "公示", "政务共享": "仅政府部门内部共享",
     "授权查询": "仅可授权查询"},
    basis="2015 版前置库字段", sure=False,
)  # fmt: skip
YES_NO = Vocabulary("yes_no", "是否", ("是", "否"), {"1": "是", "0": "否", "Y": "是", "N": "否"}, basis="平台约定")
STANDARD = "发改办财金〔2018〕424号附件"

SHARED_RULES: tuple[CrossRule, ...] = ()


def _decision_rules(prefix: str) -> tuple[CrossRule, ...]:
    decided = f"{prefix}_JDRQ"
    return (
        CrossRule("V06", decided, "决定日期晚于今天", pl.col("decided_on") > pl.col("today")),
        CrossRule(
            "V07", decided, "报送日已超过规定的公示期限，记为迟报",
            pl.col("decided_on") < pl.col("on_time_since"), "warning",
        ),
        CrossRule("V14", f"{prefix}_SFSM", "涉及国家秘密的决定不报送", pl.col("secret") == "是"),
    )  # fmt: skip


_LICENCE_KINDS = Vocabulary(
    "licence_kind", "许可类别", ("普通", "特许", "认可", "核准", "登记"),
    {"01": "普通", "02": "特许", "03": "认可", "04": "核准", "05": "登记", "1": "普通", "2": "特许", "3": "认可", "4": "核准",
     "5": "登记", "普通许可": "普通", "特别许可": "特许"},
    open_prefix="其他-", basis=STANDARD,
)  # fmt: skip
_LICENCE_STATES = Vocabulary(
    "licence_state", "当前状态", ("1", "2"), {"有效": "1", "正常": "1", "无效": "2", "失效": "2", "撤销": "2", "注销": "2"},
    basis=f"{STANDARD}（取值待核实）", sure=False,
)  # fmt: skip

_LICENCE_DECISION = (
    Column(
        "XK_XKWS", "行政许可决定文书名称", "document_title", length=256, required="R", sure=False,
        aliases=("许可决定文书名称", "行政许可文书名称"), example="关于同意示例公司扩建仓库的批复",
    ),
    Column(
        "XK_WSH", "行政许可决定文书号", "document_number", length=128, required="R", sure=False,
        aliases=("许可决定文书号", "行政许可决定书文号", "行政许可文书号", "许可文书号"),
        note="保留全角〔〕；没有文书号的填许可编号", example="广示许〔2026〕1号",
    ),
    Column(
        "XK_XKLB", "许可类别", "licence_kind", T.CHOICE, 256, required="R", vocabulary="licence_kind",
        aliases=("行政许可类别",), note="选“其他”的写明内容，例如 其他-补办", example="普通",
    ),
    Column("XK_XKZS", "许可证书名称", "certificate_name", length=256, sure=False, example="食品经营许可证"),
    Column("XK_XKBH", "许可编号", "certificate_number", length=64, aliases=("许可证编号", "许可证书编号")),
    Column(
        "XK_NR", "许可内容", "content", length=4000, required="R", scan=True, aliases=("行政许可内容",),
        note="决定的主要内容；不得出现个人证件号码、电话", example="准予从事预包装食品销售",
    ),
    Column(
        "XK_JDRQ", "许可决定日期", "decided_on", T.DATE, required="R", aliases=("行政许可决定日期", "决定日期"),
        note=PLACEHOLDER_DAY, example="2026/03/02",
    ),
    Column("XK_YXQZ", "有效期自", "valid_from", T.DATE, required="R", note=PLACEHOLDER_DAY, example="2026/03/02"),
    Column(
        "XK_YXQZI", "有效期至", "valid_to", T.DATE, required="R", long_term=True,
        note=f"{PLACEHOLDER_DAY}；长期有效填 2099/12/31", example="2031/03/01",
    ),
)  # fmt: skip
_LICENCE_STATE = Column(
    "XK_ZT", "当前状态", "status", T.CHOICE, 2, required="R", vocabulary="licence_state", note="1 有效，2 无效",
    example="1", sure=False,
)  # fmt: skip
_LICENCE_BODIES = _authority("XK", "许可", "XKJG", "XKJGDM", "LYDW", "LYDWDM")

LICENCES = Profile(
    code="licences",
    title="行政许可",
    version="2018",
    columns=(
        *parties.columns("XK", sure_representative=False),
        *_LICENCE_DECISION,
        *_LICENCE_BODIES[:2],
        _LICENCE_STATE,
        *_LICENCE_BODIES[2:],
        *_extras("XK", ("许可事项编码", "XK_ITEM_BM")),
    ),
    key=KEY,
    identity=parties.IDENTITY_FIELDS,
    target="publicity.licence",
    reported_within=PUBLISH,
    party_column="party",
    vocabularies={
        **parties.VOCABULARIES, "licence_kind": _LICENCE_KINDS, "licence_state": _LICENCE_STATES,
        "scope": SCOPES, "yes_no": YES_NO,
    },
    rules=(
        *parties.rules("XK"),
        *_decision_rules("XK"),
        CrossRule("V06", "XK_YXQZI", "有效期至早于有效期自", pl.col("valid_to") < pl.col("valid_from")),
        CrossRule("V06", "XK_YXQZI", "有效期至早于许可决定日期", pl.col("valid_to") < pl.col("decided_on"), "warning"),
    ),
    layouts=(
        Layout(
            "2015", "2015/16 版行政许可表",
            {
                **parties.legacy_names("XK"),
                "XK_XDR": "party_name", "行政相对人": "party_name", "XK_WSH": "document_number",
                "行政许可决定书文号": "document_number", "文书号": "document_number",
                "XK_XMMC": "document_title", "项目名称": "document_title",
                "XK_SPLB": "licence_kind", "审批类别": "licence_kind", "XK_NR": "content", "许可内容": "content",
                "XK_JDRQ": "decided_on", "许可决定日期": "decided_on",
                "XK_JZQ": "valid_to", "许可截止期": "valid_to", "截止期": "valid_to",
                "XK_XZJG": "authority_name", "许可机关": "authority_name", "XK_ZT": "status", "当前状态": "status",
                "BZ": "remark", "备注": "remark", "XK_SYFW": "shared_scope", "信息使用范围": "shared_scope",
            },
            absent=frozenset(
                {"legal_representative", "valid_from", "valid_to", "authority_code", "source_name", "source_code",
                 "licence_kind", "status", "party_id_type"}
            ),
            derived=(Derived("party", parties.PARTY), Derived("valid_from", pl.col("decided_on"))),
            ignored=parties.LEGACY_IGNORED,
        ),
    ),
)  # fmt: skip

_PENALTY_KINDS = Vocabulary(
    "penalty_kind", "处罚类别",
    (
        "警告", "通报批评", "罚款", "没收违法所得", "没收非法财物", "暂扣许可证件", "降低资质等级", "吊销许可证件",
        "限制开展生产经营活动", "责令停产停业", "责令关闭", "限制从业", "行政拘留", "暂扣或者吊销许可证", "暂扣或者吊销执照",
    ),
    {
        "没收违法所得、没收非法财物": "没收违法所得", "没收非法财务": "没收非法财物", "没收": "没收违法所得",
        "暂扣或者吊销许可证、暂扣或者吊销执照": "暂扣或者吊销许可证", "暂扣或吊销许可证": "暂扣或者吊销许可证",
        "暂扣或吊销执照": "暂扣或者吊销执照", "暂扣许可证": "暂扣许可证件", "吊销许可证": "吊销许可证件",
        "吊销执照": "吊销许可证件", "吊销营业执照": "吊销许可证件", "暂扣执照": "暂扣许可证件", "拘留": "行政拘留",
    },
    open_prefix="其他-", basis="行政处罚法第九条；旧表取值见发改办财金〔2018〕424号附件", sure=False,
)  # fmt: skip
_PROCEDURES = Vocabulary(
    "procedure", "处罚程序", ("简易程序", "普通程序"),
    {"01": "简易程序", "1": "简易程序", "简易": "简易程序", "当场处罚": "简易程序", "02": "普通程序", "2": "普通程序",
     "一般": "普通程序", "一般程序": "普通程序", "普通": "普通程序"},
    basis="行政处罚法第五十一条；代码见地方平台", sure=False,
)  # fmt: skip

_PENALTY_DECISION = (
    Column(
        "CF_WSH", "行政处罚决定书文号", "document_number", length=128, required="R",
        aliases=("行政处罚决定文书号", "处罚决定书文号", "行政处罚决定书号", "处罚决定文书号"),
        note="保留全角〔〕", example="广示市监处〔2026〕1号",
    ),
    Column(
        "CF_WFXW", "违法行为类型", "violation", length=2000, required="R", aliases=("违法行为种类",),
        note="违反了哪一项规定", example="销售超过保质期的食品",
    ),
    Column(
        "CF_SY", "违法事实", "facts", length=2000, required="R", scan=True, aliases=("主要违法事实", "处罚事由"),
        note="不得出现个人证件号码、电话", example="经查，当事人销售超过保质期的饮料 12 瓶。",
    ),
    Column("CF_YJ", "处罚依据", "basis", length=2048, required="R", aliases=("行政处罚依据",), note="法律名称和条款",
           example="《中华人民共和国食品安全法》第一百二十四条第一款"),
    Column(
        "CF_CFLB", "处罚类别", "kinds_text", T.CHOICE, 255, required="R", vocabulary="penalty_kind", several=True,
        aliases=("行政处罚类别", "处罚种类", "行政处罚种类"), note="几种处罚用分号隔开；其他写明内容，例如 其他-责令改正",
        example="罚款;没收违法所得",
    ),
    Column(
        "CF_NR", "处罚内容", "content", length=4000, required="R", scan=True, aliases=("行政处罚内容", "处罚结果"),
        note="决定的主要内容；不得出现个人证件号码、电话", example="没收违法所得 2000 元，罚款 5000 元。",
    ),
    Column(
        "CF_NR_FK", "罚款金额(万元)", "fine", T.AMOUNT, aliases=("处罚金额（万元）", "罚款金额"),
        note="单位万元，最多 6 位小数；有罚款的必填", example="0.5",
    ),
    Column(
        "CF_NR_WFFF", "没收违法所得、没收非法财物的金额(万元)", "confiscated", T.AMOUNT,
        aliases=("没收违法所得、没收非法财务的金额（万元）", "没收金额", "没收违法所得或没收非法财物的金额"),
        note="单位万元，最多 6 位小数；有没收的必填", example="0.2",
    ),
    Column(
        "CF_NR_ZKDX", "暂扣或吊销证照名称及编号", "suspended_permit", length=200,
        aliases=("暂扣或者吊销证照名称及编号",), note="有暂扣、吊销的必填",
    ),
    Column(
        "CF_JDRQ", "处罚决定日期", "decided_on", T.DATE, required="R", aliases=("行政处罚决定日期", "决定日期"),
        note=PLACEHOLDER_DAY, example="2026/03/02",
    ),
    Column(
        "CF_YXQ", "处罚有效期", "valid_to", T.DATE, required="R", long_term=True, aliases=("处罚有效期至",),
        note=f"{PLACEHOLDER_DAY}；长期填 2099/12/31", example="2027/03/01",
    ),
    Column(
        "CF_GSJZQ", "公示截止期", "stated_until", T.DATE, long_term=True, aliases=("公示截止日期", "公示期限"),
        note="仅存档，公示期由平台按失信程度计算",
    ),
)  # fmt: skip

_HAS_FINE = pl.col("kinds_text").str.contains("罚款")
_HAS_TAKEN = pl.col("kinds_text").str.contains("没收")
_HAS_PERMIT = pl.col("kinds_text").str.contains("暂扣|吊销")

PENALTIES = Profile(
    code="penalties",
    title="行政处罚",
    version="2018",
    columns=(
        *parties.columns("CF", sure_representative=True),
        *_PENALTY_DECISION,
        *_authority("CF", "处罚", "CFJG", "CFJGDM", "SJLY", "SJLYDM"),
        Column("CF_CFCX", "处罚程序", "procedure", T.CHOICE, 20, vocabulary="procedure", standard=False, sure=False),
        Column(
            "LSTD", "两书同达", "repair_notice_served", T.CHOICE, 2, vocabulary="yes_no", standard=False, sure=False,
            aliases=("信用修复告知书是否一并送达", "是否两书同达"),
        ),
        *_extras("CF", ()),
    ),
    key=KEY,
    identity=parties.IDENTITY_FIELDS,
    target="publicity.penalty",
    reported_within=PUBLISH,
    party_column="party",
    vocabularies={
        **parties.VOCABULARIES, "penalty_kind": _PENALTY_KINDS, "procedure": _PROCEDURES, "scope": SCOPES,
        "yes_no": YES_NO,
    },
    rules=(
        *parties.rules("CF"),
        *_decision_rules("CF"),
        CrossRule("V06", "CF_YXQ", "处罚有效期早于处罚决定日期", pl.col("valid_to") < pl.col("decided_on"), "warning"),
        CrossRule(
            "V09", "CF_NR_FK", "处罚类别含罚款，应填写罚款金额", _HAS_FINE & pl.col("fine__raw").is_null()
        ),
        CrossRule("V09", "CF_NR_FK", "处罚类别含罚款，罚款金额却是 0", _HAS_FINE & (pl.col("fine") == 0), "warning"),
        CrossRule(
            "V09", "CF_NR_FK", "填有罚款金额，处罚类别却没有罚款", ~_HAS_FINE & (pl.col("fine") > 0), "warning"
        ),
        CrossRule(
            "V09", "CF_NR_WFFF", "处罚类别含没收，应填写没收金额", _HAS_TAKEN & pl.col("confiscated__raw").is_null()
        ),
        CrossRule(
            "V09", "CF_NR_ZKDX", "处罚类别含暂扣或吊销，应填写证照名称及编号",
            _HAS_PERMIT & pl.col("suspended_permit").is_null(),
        ),
        CrossRule(
            "V09", "CF_NR_FK", f"罚款金额超过 {AMOUNT_TO_LOOK_AT} 万元，请核对单位是否为万元",
            pl.col("fine") > AMOUNT_TO_LOOK_AT, "warning",
        ),
        CrossRule(
            "V09", "CF_NR_WFFF", f"没收金额超过 {AMOUNT_TO_LOOK_AT} 万元，请核对单位是否为万元",
            pl.col("confiscated") > AMOUNT_TO_LOOK_AT, "warning",
        ),
        CrossRule(
            "V08", "CF_CFLB", "“暂扣或者吊销”没有说明是哪一种，公示期可能不同，请改填暂扣许可证件或吊销许可证件",
            pl.col("kinds_text").str.contains("暂扣或者吊销"), "warning",
        ),
        CrossRule("V14", "CF_CFCX", "适用简易程序的处罚不报送", pl.col("procedure") == "简易程序"),
    ),
    layouts=(
        Layout(
            "2015", "2015/16 版行政处罚表",
            {
                **parties.legacy_names("CF"),
                "CF_WSH": "document_number", "行政处罚决定书文号": "document_number", "文书号": "document_number",
                "CF_CFMC": "violation", "处罚名称": "violation", "CF_AJMC": "violation", "案件名称": "violation",
                "CF_CFLB1": "kinds_text", "处罚类别1": "kinds_text", "CF_SY": "facts", "处罚事由": "facts",
                "CF_YJ": "basis", "处罚依据": "basis", "CF_JG": "content", "处罚结果": "content",
                "CF_JDRQ": "decided_on", "处罚决定日期": "decided_on",
                "CF_XZJG": "authority_name", "处罚机关": "authority_name",
                "CF_GSJZQ": "stated_until", "公示截止期": "stated_until", "CF_BM": "item_code", "权力编码": "item_code",
                "CF_SYFW": "shared_scope", "信息使用范围": "shared_scope", "BZ": "remark", "备注": "remark",
            },
            absent=frozenset(
                {"legal_representative", "valid_to", "authority_code", "source_name", "source_code", "party_id_type",
                 "fine", "confiscated", "suspended_permit"}
            ),
            derived=(Derived("party", parties.PARTY),),
            ignored=(*parties.LEGACY_IGNORED, "CF_CFLB2", "处罚类别2"),
        ),
    ),
)  # fmt: skip
PROFILES = (LICENCES, PENALTIES)
