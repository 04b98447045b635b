"""What may be done with what the portal keeps, and by which roles."""

from __future__ import annotations

ISSUE = "portal.report.issue"
WITHDRAW = "portal.report.withdraw"

PERMISSIONS = {ISSUE: "出具信用报告", WITHDRAW: "作废信用报告"}
GRANTS = {
    "window": [ISSUE],
    "district_credit": [ISSUE],
    "office": [ISSUE, WITHDRAW],
}
