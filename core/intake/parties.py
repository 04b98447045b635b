"""The block of columns that names the party of a record: shared by every profile that reports about subjects."""

from __future__ import annotations

import polars as pl

from core.intake.columns import PARTIES, Check, Column, ColumnType, CrossRule, Need, Vocabulary

T = ColumnType
IDENTITY_FIELDS = ("uscc", "party_number", "registration_number")
_ENTITY: dict[str, Need] = {"F": "R", "G": "R", "Z": "-"}
_ONLY_ENTITY: dict[str, Need] = {"F": "O", "G": "O", "Z": "-"}
_ONLY_F: dict[str, Need] = {"F": "O", "G": "-", "Z": "-"}
_PERSON: dict[str, Need] = {"F": "-", "G": "-", "Z": "R"}

VOCABULARIES = {
    "party": Vocabulary(
        "party", "行政相对人类别", tuple(PARTIES.values()),
        {
            **dict.fromkeys(
                ("F", "法人", "非法人组织", "法人和非法人组织", "法人或非法人组织", "法人及其他组织", "企业", "02", "03"),
                PARTIES["F"],
            ),
            **dict.fromkeys(("G", "04", "个体", "个体户"), PARTIES["G"]),
            **dict.fromkeys(("Z", "01", "个人"), PARTIES["Z"]),
        },
        basis="发改办财金〔2018〕424号附件",
    ),
    "id_kind": Vocabulary(
        "id_kind", "证件类型",
        ("身份证", "护照号", "港澳居民来往内地通行证", "台湾居民来往大陆通行证", "港澳台居民居住证", "外国人永久居留身份证"),
        {
            "居民身份证": "身份证", "公民身份证": "身份证", "公民身份号码": "身份证", "身份证号": "身份证", "护照": "护照号",
            "港澳通行证": "港澳居民来往内地通行证", "台胞证": "台湾居民来往大陆通行证", "01": "身份证", "02": "护照号",
            "03": "港澳居民来往内地通行证", "04": "台湾居民来往大陆通行证", "05": "外国人永久居留身份证",
        },
        open_prefix="其他-", basis="发改办财金〔2018〕424号附件；代码取值待核实", sure=False,
    ),
}  # fmt: skip


def columns(prefix: str, *, sure_representative: bool) -> tuple[Column, ...]:
    """Return items 1–13 of the standard under the prefix of the kind of record (XK, CF)."""
    return (
        Column(
            f"{prefix}_XDR_MC", "行政相对人名称", "party_name", length=200, required="R", check=Check.NAME,
            aliases=("行政相对人姓名", "行政相对人", "相对人名称", "当事人名称", "当事人", "被处罚人名称", "单位名称", "企业名称"),
            note="单位全称或姓名；没有字号的个体工商户填“个体工商户”", example="广元示例食品有限公司",
        ),
        Column(
            f"{prefix}_XDR_LB", "行政相对人类别", "party", T.CHOICE, 16, required="R", vocabulary="party",
            aliases=("相对人类别", "行政相对人类型", f"{prefix}_XDR_TYPE"), note="从下拉列表中选择", example="法人及非法人组织",
        ),
        Column(
            f"{prefix}_XDR_SHXYM", "行政相对人代码_1(统一社会信用代码)", "uscc", T.CODE, 18, required=_ENTITY,
            check=Check.PARTY, aliases=("行政相对人代码_1", "行政相对人统一社会信用代码"),
            note="没有代码的个体工商户填 00000000000000000X", example="91510899MA620000X7",
        ),
        Column(
            f"{prefix}_XDR_GSZC", "行政相对人代码_2(工商注册号)", "registration_number", T.CODE, 50,
            aliases=("行政相对人代码_2(工商登记码)", "工商登记码", "行政相对人代码_2", f"{prefix}_XDR_GSDJ"),
            required=_ONLY_ENTITY,
        ),
        Column(
            f"{prefix}_XDR_ZZJG", "行政相对人代码_3(组织机构代码)", "organisation_code", T.CODE, 9, check=Check.ORG_CODE,
            aliases=("行政相对人代码_3", f"{prefix}_XDR_ZDM"), required=_ONLY_ENTITY,
        ),
        Column(
            f"{prefix}_XDR_SWDJ", "行政相对人代码_4(税务登记号)", "tax_number", T.CODE, 20,
            aliases=("行政相对人代码_4",), required=_ONLY_ENTITY,
        ),
        Column(
            f"{prefix}_XDR_SYDW", "行政相对人代码_5(事业单位证书号)", "institution_number", T.CODE, 12,
            aliases=("行政相对人代码_5", "事业单位登记证号"), required=_ONLY_F,
        ),
        Column(
            f"{prefix}_XDR_SHZZ", "行政相对人代码_6(社会组织登记证号)", "association_number", length=50,
            aliases=("行政相对人代码_6",), required=_ONLY_F,
        ),
        Column(
            f"{prefix}_FRDB", "法定代表人", "legal_representative", length=50, required=_ENTITY,
            aliases=("法定代表人姓名", "法定代表人（负责人）", "法定代表人或负责人", "经营者姓名", f"{prefix}_FR"),
            note="个体工商户填经营者姓名", example="张示例", sure=sure_representative,
        ),
        Column(
            f"{prefix}_FR_ZJLX", "法定代表人证件类型", "representative_id_type", T.CHOICE, 64, vocabulary="id_kind",
            required=_ONLY_ENTITY, note="建议不填",
        ),
        Column(
            f"{prefix}_FR_ZJHM", "法定代表人证件号码", "representative_number", T.PERSONAL, 64, check=Check.PERSONAL,
            aliases=("法定代表人身份证号", "法定代表人身份证号码", f"{prefix}_FR_SFZH"), required=_ONLY_ENTITY,
            kind_field="representative_id_type", note="建议不填；与证件类型同填或同不填",
        ),
        Column(
            f"{prefix}_XDR_ZJLX", "证件类型", "party_id_type", T.CHOICE, 64, vocabulary="id_kind", required=_PERSON,
            aliases=("自然人证件类型", "行政相对人证件类型"), note="自然人必填，从下拉列表中选择",
        ),
        Column(
            f"{prefix}_XDR_ZJHM", "证件号码", "party_number", T.PERSONAL, 64, check=Check.PERSONAL, required=_PERSON,
            aliases=("自然人证件号码", "行政相对人证件号码", "身份证号", "身份证号码", "居民身份证号", "公民身份号码"),
            kind_field="party_id_type", note="自然人必填；不对外公开",
        ),
    )  # fmt: skip


def rules(prefix: str) -> tuple[CrossRule, ...]:
    """Return what ties the party's columns together."""
    pair = "法定代表人证件类型与证件号码应同填或同不填"
    kind, number = pl.col("representative_id_type__raw"), pl.col("representative_number")
    organised = pl.col("party_name").str.contains(
        r"(?:公司|个体工商户|经营部|经营户|商行|商店|门市部?|超市|餐馆|饭店|药店|厂)$"
    )
    return (
        CrossRule("V01", f"{prefix}_FR_ZJHM", pair, kind.is_not_null() & number.is_null()),
        CrossRule("V01", f"{prefix}_FR_ZJLX", pair, kind.is_null() & number.is_not_null(), "warning"),
        CrossRule(
            "V04", f"{prefix}_XDR_LB", "名称像是企业或个体工商户，不能填在自然人模板中或按自然人报送",
            (pl.col("party") == "Z") & organised,
        ),
        CrossRule(
            "V04", f"{prefix}_XDR_ZJHM", "证件号码处填的是统一社会信用代码：单位和个体工商户应填在法人模板中",
            (pl.col("party") == "Z") & pl.col("party_number").str.contains(r"^(?:9[123]|5[123]|1[123])[0-9]{6}[0-9A-Z]{10}$")
            & pl.col("party_number").str.contains("[A-WYZ]"),
        ),
        CrossRule(
            "V04", f"{prefix}_XDR_LB", "个体工商户应填在法人（含个体工商户）模板中，自然人模板没有统一社会信用代码",
            (pl.col("party") == "G") & pl.col("uscc").is_null() & pl.col("party_number").is_not_null(),
        ),
    )  # fmt: skip


# 2015/16 tables have no category: it follows from the identifiers.
PARTY = (
    pl.when(pl.col("party_number").is_not_null() & pl.col("uscc").is_null())
    .then(pl.lit("Z"))
    .when(pl.col("uscc").str.starts_with("92"))
    .then(pl.lit("G"))
    .when(
        pl.any_horizontal(pl.col(name).is_not_null() for name in ("uscc", "registration_number", "organisation_code"))
    )
    .then(pl.lit("F"))
)
LEGACY_IGNORED = (
    "DFBM",
    "CF_AREACODE",
    "XK_AREACODE",
    "地方编码",
    "SJC",
    "数据更新时间戳",
    "CF_ZT",
    "当前状态",
    "序号",
)


def legacy_names(prefix: str) -> dict[str, str]:
    """Return the party's columns of the 2015/16 tables."""
    pairs = {
        "party_name": (f"{prefix}_XDR_MC", "行政相对人名称"),
        "uscc": (f"{prefix}_XDR_SHXYM", "行政相对人代码_1(统一社会信用代码)", "统一社会信用代码"),
        "organisation_code": (f"{prefix}_XDR_ZDM", "行政相对人代码_2(组织机构代码)", "组织机构代码"),
        "registration_number": (f"{prefix}_XDR_GSDJ", "行政相对人代码_3(工商登记码)", "工商登记码", "工商注册号"),
        "tax_number": (f"{prefix}_XDR_SWDJ", "行政相对人代码_4(税务登记号)", "税务登记号"),
        "party_number": (f"{prefix}_XDR_SFZ", "行政相对人代码_5(居民身份证号)", "居民身份证号", "身份证号"),
        "legal_representative": (f"{prefix}_FR", "法定代表人姓名", "法定代表人"),
    }
    return {text: name for name, texts in pairs.items() for text in texts}
