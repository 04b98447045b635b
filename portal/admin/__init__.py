"""The workbench of what the portal keeps."""

from portal.admin import articles, tips
from portal.admin.reports import PersonalReportAdmin, ReportAdmin

__all__ = ["PersonalReportAdmin", "ReportAdmin", "articles", "tips"]
