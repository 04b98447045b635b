"""What anybody may hand in: a tip about a subject, a comment on a published case."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from portal.permissions import MODERATE, MODERATE_ALL, TIP_ANSWER, TIP_FORWARD, TIP_SEE_ALL
from portal.tips.enums import CommentState, TipState

_DIGESTS = ["secret_digest", "form_digest"]


class Handed(models.Model):
    """What both have: a number, a secret of which a digest is kept, the words, and the form that may be sent but once."""

    public_id = PublicIdField()
    secret_digest = models.CharField("查询码摘要", max_length=64, editable=False)
    form_digest = models.CharField("表单摘要", max_length=64, unique=True, editable=False)
    text = models.TextField("内容")
    received_on = models.DateField("收到日")

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.public_id


class TipQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what waits to be passed on for who passes on, what was passed to the actor's units; the office sees all."""
        if actor.may(TIP_SEE_ALL):
            return self
        mine = Q(pk__in=[])
        if actor.may(TIP_FORWARD):
            mine |= Q(state=TipState.RECEIVED)
        if actor.may(TIP_ANSWER):
            mine |= Q(unit_id__in=actor.unit_ids)
        return self.filter(mine)


class Tip(Handed):
    """举报线索. It starts nothing by itself: an officer may open a case as the law has it, and name the case here."""

    about_name = models.CharField("被反映的主体", max_length=100)
    about_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    contact_name = models.CharField("联系人", max_length=40, blank=True)
    phone = models.ForeignKey(
        "core.PersonalIdentifier", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="联系电话"
    )
    unit = models.ForeignKey(
        "organizations.Organization", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="办理单位"
    )
    forwarded_on = models.DateField("转办日", null=True, blank=True)
    case = models.ForeignKey(
        "sanctions.Case", models.PROTECT, related_name="+", null=True, blank=True, verbose_name="关联事项"
    )
    answer = models.TextField("答复", blank=True)
    answered_on = models.DateField("答复日", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=TipState, default=TipState.RECEIVED)
    history = TriggerHistory(excluded_fields=_DIGESTS)

    objects = TipQuerySet.as_manager()

    class Meta:
        verbose_name = "举报线索"
        verbose_name_plural = "举报线索"
        ordering = ["-id"]
        indexes = [models.Index(fields=["unit", "state"], name="portal_tip_of_unit")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[TipState.FORWARDED, TipState.ANSWERED])
                | Q(unit__isnull=False, forwarded_on__gte=F("received_on")),
                name="portal_tip_forwarded_to_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[TipState.ANSWERED, TipState.DECLINED], answered_on__gte=F("received_on"))
                & ~Q(answer="")
                | Q(state__in=[TipState.RECEIVED, TipState.FORWARDED], answered_on__isnull=True, answer=""),
                name="portal_tip_answered_with_words",
            ),
        ]


class TipFile(models.Model):
    """A file that came with a tip; officers see it, the public never."""

    tip = models.ForeignKey(Tip, models.PROTECT, related_name="files", verbose_name="线索")
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name="附件")
    history = TriggerHistory()

    class Meta:
        verbose_name = "线索材料"
        verbose_name_plural = "线索材料"
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.attachment)


class CommentQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep comments on the cases of the actor's units; who moderates all sees all."""
        if actor.may(MODERATE_ALL):
            return self
        if not actor.may(MODERATE):
            return self.none()
        return self.filter(article__unit_id__in=actor.unit_ids)


class CaseComment(Handed):
    """A comment on a published 典型案例; the public reads `shown`, as it was passed, and only while it stands."""

    article = models.ForeignKey("portal.Article", models.PROTECT, related_name="comments", verbose_name="案例")
    nickname = models.CharField("署名", max_length=20, blank=True)
    shown = models.TextField("公开的内容", blank=True)
    reply = models.TextField("回应", blank=True)
    decided_on = models.DateField("审核日", null=True, blank=True)
    state = models.CharField("状态", max_length=12, choices=CommentState, default=CommentState.RECEIVED)
    history = TriggerHistory(excluded_fields=_DIGESTS)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = "案例评论"
        verbose_name_plural = "案例评论"
        ordering = ["-id"]
        indexes = [models.Index(fields=["article", "-id"], condition=Q(state="shown"), name="portal_comment_shown")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=[CommentState.SHOWN, CommentState.HIDDEN]) | ~Q(shown=""),
                name="portal_comment_shown_as_passed",
            ),
        ]
