"""Closed vocabularies of articles."""

from __future__ import annotations

from django.db import models


class Kind(models.TextChoices):
    """The columns of the portal."""

    NOTICE = "notice", "通知公告"
    POLICY = "policy", "政策法规"
    CASE = "case", "典型案例"


class State(models.TextChoices):
    """Acts on an article; whether the public sees it on a day follows from its dates."""

    DRAFT = "draft", "草稿"
    SUBMITTED = "submitted", "待审核"
    PASSED = "passed", "已审核"
    WITHDRAWN = "withdrawn", "已撤下"
    DISCARDED = "discarded", "已作废"


OPEN = (State.DRAFT.value, State.SUBMITTED.value)
