"""The workbench of what the portal keeps."""

from portal.admin.reports import PersonalReportAdmin, ReportAdmin

__all__ = ["PersonalReportAdmin", "ReportAdmin"]
