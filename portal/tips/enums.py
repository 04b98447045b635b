"""Closed vocabularies of tips and comments."""

from __future__ import annotations

from django.db import models


class TipState(models.TextChoices):
    RECEIVED = "received", "已收到"
    FORWARDED = "forwarded", "已转办"
    ANSWERED = "answered", "已答复"
    DECLINED = "declined", "不予受理"


class CommentState(models.TextChoices):
    RECEIVED = "received", "待审核"
    SHOWN = "shown", "已公开"
    REFUSED = "refused", "未予公开"
    HIDDEN = "hidden", "已撤下"
