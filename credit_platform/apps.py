"""The top floor as a Django app: heartbeats, commands, and the Celery app that tasks belong to."""

from django.apps import AppConfig

from credit_platform import celery, heartbeat


class CreditPlatformConfig(AppConfig):
    name = "credit_platform"
    verbose_name = "平台"
    celery_app = celery.app

    def ready(self) -> None:
        heartbeat.connect()
