"""Who may do what in supervision."""

from __future__ import annotations

SEE, SEE_DISTRICT, SEE_ALL = "supervision.rate.see", "supervision.rate.see_district", "supervision.rate.see_all"
ASKED = "supervision.asked.issue"
PERMISSIONS: dict[str, str] = {
    SEE: "查看本单位的逢报必查率",
    SEE_DISTRICT: "查看本县区的逢报必查率",
    SEE_ALL: "查看全市的逢报必查率",
    ASKED: "为主体出具核查情况查询单",
}
GRANTS: dict[str, list[str]] = {
    "handler": [SEE],
    "reviewer": [SEE],
    "window": [ASKED],
    "district_credit": [SEE, SEE_DISTRICT, ASKED],
    "office": [SEE, SEE_ALL],
}
