"""Articles: the list, the page with the text as readers will see it, and the acts that lead to publication."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import clock
from core.actors import Actor
from core.attachments import serving_view
from core.models import Attachment
from core.timeline import act_rows, in_order
from organizations import admin_access
from organizations.acts.pages import Row, ScopedAdmin, Section, address, buttons
from organizations.acts.words import AMBER, BLUE, GREY, JADE, SEAL, chip, size_words, zh
from organizations.enums import Role
from portal.editorial.enums import State
from portal.editorial.forms import ARTICLE_ACTS, RemoveFile, WriteArticle
from portal.editorial.markup import render
from portal.editorial.models import Article, ArticleFile
from portal.editorial.workflow import ARTICLE
from portal.permissions import ARTICLE_PUBLISH as PUBLISH
from portal.permissions import ARTICLE_WRITE as WRITE
from sanctions.admin.todo import SCOPES, TODOS, Todo, TodoFilter

admin_access.declare(
    "portal.Article", view={Role.HANDLER, Role.REVIEWER, Role.GROUP_LEAD, Role.DISTRICT_CREDIT, Role.OFFICE}
)
TODOS[Article] = (
    Todo(
        "publish",
        "文章待审核发布",
        PUBLISH,
        lambda a: Q(state=State.SUBMITTED) & ~Q(written_by_key=a.key),
        "没有待审核的文章",
        True,
    ),
    Todo("write", "文章草稿", WRITE, lambda a: Q(state=State.DRAFT, unit_id__in=a.unit_ids), "没有未送审的草稿"),
)
SCOPES[Article] = Article.objects.visible_to


def files_for(actor: Actor) -> QuerySet[Attachment]:
    """Return the files of articles in scope."""
    rows = ArticleFile.objects.filter(article__in=Article.objects.visible_to(actor).values("pk"))
    return Attachment.objects.filter(pk__in=rows.values("attachment"))


def state_chip(row: Article) -> SafeString:
    """Return where an article stands today: a passed one is shown, or waits for its day."""
    if row.state == State.PASSED:
        waits = row.publish_on is not None and row.publish_on > clock.today()
        return chip(f"{zh(row.publish_on)}发布", BLUE) if waits else chip("已发布", JADE)
    tones = {State.SUBMITTED: AMBER, State.WITHDRAWN: SEAL}
    return chip(State(row.state).label, tones.get(State(row.state), GREY))


@admin.register(Article)
class ArticleAdmin(ScopedAdmin):
    acts = ARTICLE_ACTS
    openings = (WriteArticle,)
    page_template = "portal/admin/article.html"
    list_display = ("title", "kind", "unit", "state_shown", "publish_on")
    list_filter = (TodoFilter, "state", "kind")
    search_fields = ("title", "number", "public_id")
    search_help_text = "标题、文号或者公开编号"

    def scoped(self, actor: Actor) -> QuerySet[Any]:
        return Article.objects.visible_to(actor).select_related("unit", "replaces")

    @admin.display(description="状态", ordering="state")
    def state_shown(self, row: Article) -> SafeString:
        return state_chip(row)

    def page(self, request: HttpRequest, actor: Actor, record: Article) -> dict[str, Any]:
        facts: list[tuple[str, object]] = [
            ("来源", record.source),
            ("文号", record.number or "—"),
            ("起草单位", record.unit.name),
            ("发布日", zh(record.publish_on) if record.publish_on else "审核当天"),
        ]
        if record.withdrawn_on:
            facts.append(("撤下日", zh(record.withdrawn_on)))
        if record.replaces is not None:
            old = record.replaces
            facts.append(("更正", format_html('<a href="{}">{}</a>', address(old), old.title)))
        if record.state == State.PASSED and record.publish_on and record.publish_on <= clock.today():
            seen = reverse("portal:article", args=[record.public_id])
            facts.append(("门户页面", format_html('<a href="{}">{}</a>', seen, seen)))
        return {
            "kicker": record.get_kind_display(),
            "heading": record.title,
            "sub": record.summary,
            "state": state_chip(record),
            "facts": facts,
            "preview": render(record.body),
            "timeline": in_order(act_rows((ARTICLE, [record.pk]))),
            "sections": self._sections(actor, record),
        }

    def _sections(self, actor: Actor, record: Article) -> list[Section]:
        rows = [
            Row(
                (
                    format_html(
                        '<a href="{}">{}</a>',
                        reverse("admin:portal_article_file", args=[row.attachment.public_id]),
                        row.title,
                    ),
                    row.attachment.name,
                    size_words(row.attachment.size),
                ),
                buttons(actor, record, [RemoveFile], row, row.public_id),
            )
            for row in record.files.select_related("attachment")
        ]
        found = [Section("附件", ("名称", "文件", "大小"), rows, "没有附件")]
        laws = [Row((law.title, law.number)) for law in record.instruments.order_by("code")]
        if laws:
            found.append(Section("所涉法律文件", ("名称", "文号"), laws))
        return found

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(serving_view(files_for))
        return [path("files/<str:public_id>/", view, name="portal_article_file"), *super().get_urls()]
