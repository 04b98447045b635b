"""What may be done with what the portal keeps, and by which roles."""

from __future__ import annotations

ISSUE = "portal.report.issue"
WITHDRAW = "portal.report.withdraw"
PERSONAL = "portal.report.personal"

PERMISSIONS = {ISSUE: "出具信用报告", WITHDRAW: "作废信用报告", PERSONAL: "在窗口出具本人信用报告"}
GRANTS = {
    "window": [ISSUE, PERSONAL],
    "district_credit": [ISSUE, PERSONAL],
    "office": [ISSUE, WITHDRAW],
}
