"""Articles, their files, and the legal documents that they are about."""

from __future__ import annotations

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from core.actors import Actor
from core.fields import PublicIdField
from core.history import TriggerHistory
from portal.editorial.enums import Kind, State
from portal.permissions import ARTICLE_READ_ALL

# What the public saw for a day at least: an article that was taken back before its day was never there.
_SHOWN_ONCE = Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=F("publish_on"))


class ArticleQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Keep what the actor's own units wrote; who publishes sees all."""
        if actor.may(ARTICLE_READ_ALL):
            return self
        return self.filter(unit_id__in=actor.unit_ids)

    def public_on(self, day: date) -> Self:
        """Keep what the public sees on the day: passed, its day has come, and no newer edition has appeared."""
        newer = Article.objects.filter(
            _SHOWN_ONCE, replaces=OuterRef("pk"), state__in=(State.PASSED, State.WITHDRAWN), publish_on__lte=day
        )
        return self.filter(state=State.PASSED, publish_on__lte=day).exclude(Exists(newer))


class Article(models.Model):
    """One text of the portal. Passed by a second officer it is never rewritten: a newer edition takes its place."""

    public_id = PublicIdField()
    kind = models.CharField("栏目", max_length=8, choices=Kind)
    title = models.CharField("标题", max_length=120)
    summary = models.CharField("摘要", max_length=200, blank=True)
    body = models.TextField("正文")
    source = models.CharField("来源", max_length=120)
    number = models.CharField("文号", max_length=100, blank=True)
    unit = models.ForeignKey("organizations.Organization", models.PROTECT, related_name="+", verbose_name="起草单位")
    replaces = models.ForeignKey(
        "self", models.PROTECT, related_name="editions", null=True, blank=True, verbose_name="更正的文章"
    )
    publish_on = models.DateField("发布日", null=True, blank=True)
    withdrawn_on = models.DateField("撤下日", null=True, blank=True)
    written_by_key = models.CharField("起草人编号", max_length=100, editable=False)
    passed_by_key = models.CharField("审核人编号", max_length=100, blank=True, editable=False)
    state = models.CharField("状态", max_length=12, choices=State, default=State.DRAFT)
    instruments: models.ManyToManyField[Any, Any] = models.ManyToManyField(
        "catalog.LegalInstrument", through="ArticleInstrument", related_name="+", verbose_name="法律文件"
    )
    history = TriggerHistory()

    objects = ArticleQuerySet.as_manager()

    class Meta:
        verbose_name = "文章"
        verbose_name_plural = "文章"
        ordering = ["-id"]
        indexes = [
            models.Index(
                "kind",
                F("publish_on").desc(),
                F("id").desc(),
                condition=Q(state=State.PASSED),
                name="portal_article_newest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(state__in=[State.DRAFT, State.SUBMITTED, State.PASSED]),
                name="portal_one_newer_article",
                violation_error_message="该文章已有更正稿",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.PASSED, State.WITHDRAWN])
                | Q(publish_on__isnull=False) & ~Q(passed_by_key=""),
                name="portal_article_passed_for_a_day",
            ),
            models.CheckConstraint(
                condition=Q(passed_by_key="") | ~Q(passed_by_key=F("written_by_key")),
                name="portal_article_two_officers",
                violation_error_message="起草与审核应由两名不同人员办理",
            ),
            models.CheckConstraint(
                condition=Q(state=State.WITHDRAWN, withdrawn_on__isnull=False)
                | ~Q(state=State.WITHDRAWN) & Q(withdrawn_on__isnull=True),
                name="portal_article_withdrawn_dated",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ArticleFile(models.Model):
    """A file that readers may download with an article."""

    public_id = PublicIdField()
    article = models.ForeignKey(Article, models.PROTECT, related_name="files", verbose_name="文章")
    attachment = models.ForeignKey("core.Attachment", models.PROTECT, related_name="+", verbose_name="附件")
    title = models.CharField("名称", max_length=120)
    history = TriggerHistory()

    class Meta:
        verbose_name = "文章附件"
        verbose_name_plural = "文章附件"
        ordering = ["id"]

    def __str__(self) -> str:
        return self.title


class ArticleInstrument(models.Model):
    """That an article is about a legal document of the catalogue."""

    article = models.ForeignKey(Article, models.PROTECT, related_name="+", verbose_name="文章")
    instrument = models.ForeignKey("catalog.LegalInstrument", models.PROTECT, related_name="+", verbose_name="法律文件")
    history = TriggerHistory()

    class Meta:
        verbose_name = "文章所涉法律文件"
        verbose_name_plural = "文章所涉法律文件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["article", "instrument"], name="portal_article_instrument_once")]

    def __str__(self) -> str:
        return f"{self.article} {self.instrument}"
