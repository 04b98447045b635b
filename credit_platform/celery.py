"""The Celery app: tasks and beat entries are found in each app's `tasks` module (`BEAT_SCHEDULE`)."""

import importlib
import importlib.util
import os
from typing import Any

from celery import Celery
from celery.signals import beat_init
from django.apps import apps

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "credit_platform.settings.development")
os.environ.setdefault("PROCESS_KIND", "worker")  # before settings are read; a web process has set its own

app = Celery("credit_platform")
app.set_default()  # for every thread: tasks are sent by web threads that never saw this module being imported
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def collect_beat_schedule(sender: Celery, **_: Any) -> None:
    """Put the `BEAT_SCHEDULE` of every app together; two entries of one name are an error."""
    schedule: dict[str, Any] = {}
    for config in apps.get_app_configs():
        module = f"{config.name}.tasks"
        if importlib.util.find_spec(module) is None:
            continue
        for name, entry in getattr(importlib.import_module(module), "BEAT_SCHEDULE", {}).items():
            if name in schedule:
                raise ValueError(f"two beat entries are named {name}")
            schedule[name] = entry
    sender.conf.beat_schedule = schedule


@beat_init.connect
def tick_at_once(sender: Any, **_: Any) -> None:
    """Let the first tick not wait for its interval, so that a site is ready as soon as it works."""
    app.send_task("credit_platform.tick", expires=60)
