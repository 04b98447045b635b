"""The kernel's app."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from core import events
from core.events import CODE, DAY, NUMBER, STEP, EventType
from core.permissions import declare
from core.plans import keep_plans

EVENTS = {
    "deadline.moved": EventType("办理期限因规则或年历更正而变动", {"due_on": DAY}),
    "intake.done": EventType("一批报送数据处理完毕", STEP),
    "intake.failed": EventType("一批报送数据整批退回", STEP),
    "intake.setting_confirmed": EventType("导入模板设置经复核施行", {"profile": CODE, "kind": CODE, "target": CODE}),
    "intake.withdrawn": EventType("一批报送数据被撤回", STEP),
    "time_limit.confirmed": EventType("期限规则经复核施行", {"code": CODE, "count": NUMBER}),
}


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = "数据与运行"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        events.declare(EVENTS)
        connection_created.connect(keep_plans)
        declare(
            {
                "core.act.backdate": "补录更早的办理日期",
                "core.calendar.manage": "维护节假日安排与期限规则",
                "core.personal.reveal": "查看完整证件号码",
                "core.history.read": "查阅历史与审计记录",
                "core.reminder.see_all": "查看全市期限提醒",
            },
            {
                "office": ["core.act.backdate", "core.reminder.see_all"],
                "reviewer": ["core.act.backdate"],
                "system_admin": ["core.calendar.manage"],
                "audit_admin": ["core.history.read"],
            },
        )
        # What needs loaded models is imported only now; the tables register themselves.
        rights = import_module("core.intake.rights")
        declare(rights.PERMISSIONS, rights.GRANTS)
        import_module("core.intake.workflow")
