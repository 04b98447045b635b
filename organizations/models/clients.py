"""Outside systems that call the API: an OAuth2 application that belongs to one unit."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from oauth2_provider.models import AbstractApplication

from core.fields import PublicIdField
from core.history import TriggerHistory
from organizations.models.units import Organization


class ApiClient(AbstractApplication):
    """A system of one unit; acts only for it and only within the scopes granted."""

    public_id = PublicIdField()
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="不用", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    organization = models.ForeignKey(Organization, verbose_name="所属单位", on_delete=models.PROTECT, related_name="+")
    scopes = ArrayField(models.CharField(max_length=60), verbose_name="授权范围", default=list)
    is_active = models.BooleanField("启用", default=True)
    objects: ClassVar[models.Manager[ApiClient]] = models.Manager()
    history = TriggerHistory(excluded_fields=["client_secret"])

    class Meta(AbstractApplication.Meta):
        abstract = False
        verbose_name = "接口客户端"
        verbose_name_plural = "接口客户端"
        ordering = ["id"]

    def is_usable(self, request: object) -> bool:
        """Refuse tokens to a client that was switched off."""
        return self.is_active
