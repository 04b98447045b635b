"""Jobs of the portal."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab

from core import clock
from core.actors import Actor
from core.jobs import job
from core.models import JobRun
from portal.figures import JOB, count
from portal.online.drafts import sweep
from portal.online.warning import warn
from portal.reports.personal import erase_old
from portal.statistics.services import count_figures, counted_today


@job("portal.sweep_drafts", label="清除过期草稿", frequent=True)
def sweep_drafts_job() -> dict[str, int]:
    """Delete what nobody filed in time, and follow-up secrets whose time to be shown is over."""
    return sweep()


@job("portal.warn_drafts", label="草稿到期提醒", frequent=True)
def warn_drafts_job() -> dict[str, int]:
    """Tell who left a number that his draft is about to be deleted."""
    return warn()


@job("portal.erase_personal_reports", label="删除本人信用报告文件")
def erase_personal_reports_job() -> int:
    """Delete the files of persons' reports whose keeping is over; who got one, when and for what stays on record."""
    return erase_old(actor=Actor.job("portal.erase_personal_reports"))


@job(JOB, label="首页统计")
def count_figures_job() -> dict[str, int]:
    """Count what the first page tells; the record of the run is what the page reads, so only the last one is kept."""
    last = JobRun.objects.filter(name=JOB, error="", finished_at__isnull=False).order_by("-pk").first()
    if last is not None:
        JobRun.objects.filter(name=JOB, pk__lt=last.pk).delete()
    return count(clock.today())


@job("portal.count_statistics", label="公开统计", frequent=True)
def count_statistics_job() -> int:
    """Count the day's public figures once; asked often, so that a day whose first run failed is not lost."""
    if counted_today():
        return 0
    count_figures(actor=Actor.job("portal.count_statistics"))
    return 1


BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "sweep-drafts": {"task": "portal.sweep_drafts", "schedule": crontab(minute="*/10")},
    "portal-warn-drafts": {"task": "portal.warn_drafts", "schedule": crontab(minute="5", hour="9-17/4")},
    "portal-erase-personal-reports": {
        "task": "portal.erase_personal_reports",
        "schedule": crontab(minute="20", hour="2"),
    },
    "portal-count-figures": {"task": JOB, "schedule": crontab(minute="*/10")},
    "portal-count-statistics": {"task": "portal.count_statistics", "schedule": crontab(minute="*/10")},
}
