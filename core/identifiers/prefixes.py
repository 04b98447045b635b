"""What the first two characters of a social credit code say about its holder (GB 32100-2015)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Prefix:
    """One registering department and class; `kind` hints at the subject kind, `sure` says whether we rely on it."""

    code: str
    label: str
    kind: str
    sure: bool


_PUBLIC, _INSTITUTION, _ENTERPRISE = "public_body", "institution", "enterprise"
_INDIVIDUAL, _SOCIAL = "individual_business", "social_organization"

PREFIXES: dict[str, Prefix] = {
    code: Prefix(code, label, kind, sure)
    for code, label, kind, sure in (
        ("11", "机关", _PUBLIC, True),
        ("12", "事业单位", _INSTITUTION, True),
        ("13", "机构编制部门管理的群众团体", _SOCIAL, False),
        ("19", "机构编制部门登记的其他机构", _INSTITUTION, False),
        ("21", "外国常驻新闻机构", _SOCIAL, False),
        ("29", "外交部门登记的其他机构", _SOCIAL, False),
        ("31", "律师执业机构", _SOCIAL, False),
        ("32", "公证处", _SOCIAL, False),
        ("33", "基层法律服务所", _SOCIAL, False),
        ("34", "司法鉴定机构", _SOCIAL, False),
        ("35", "仲裁委员会", _SOCIAL, False),
        ("39", "司法行政部门登记的其他机构", _SOCIAL, False),
        ("41", "外国在华文化中心", _SOCIAL, False),
        ("49", "文化部门登记的其他机构", _SOCIAL, False),
        ("51", "社会团体", _SOCIAL, True),
        ("52", "民办非企业单位", _SOCIAL, True),
        ("53", "基金会", _SOCIAL, True),
        ("54", "村民委员会", _SOCIAL, False),
        ("55", "居民委员会", _SOCIAL, False),
        ("59", "民政部门登记的其他机构", _SOCIAL, False),
        ("61", "外国旅游部门常驻代表机构", _SOCIAL, False),
        ("62", "港澳台地区旅游部门常驻内地代表机构", _SOCIAL, False),
        ("69", "旅游部门登记的其他机构", _SOCIAL, False),
        ("71", "宗教活动场所", _SOCIAL, False),
        ("72", "宗教院校", _SOCIAL, False),
        ("79", "宗教事务部门登记的其他机构", _SOCIAL, False),
        ("81", "基层工会", _SOCIAL, False),
        ("89", "工会登记的其他机构", _SOCIAL, False),
        ("91", "企业", _ENTERPRISE, True),
        ("92", "个体工商户", _INDIVIDUAL, True),
        ("93", "农民专业合作社", _ENTERPRISE, True),
        ("A1", "军队事业单位", _INSTITUTION, False),
        ("A9", "军队其他机构", _INSTITUTION, False),
        ("N1", "组级集体经济组织", _SOCIAL, False),
        ("N2", "村级集体经济组织", _SOCIAL, False),
        ("N3", "乡镇级集体经济组织", _SOCIAL, False),
        ("N9", "农业部门登记的其他机构", _SOCIAL, False),
        ("Y1", "其他机构", _SOCIAL, False),
    )
}


def kind_of_uscc(code: str) -> Prefix | None:
    """Return what the code's first two characters say, or None where the table does not know them."""
    return PREFIXES.get(code[:2].upper())
