"""What the public reads of articles on a day: an allow-list, paged by key, a constant number of queries."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import Count, F
from django.urls import reverse

from catalog.models import LegalInstrument
from core.paging import Page, keyset_page
from portal.editorial.enums import Kind, State
from portal.editorial.markup import blocks, plain, render
from portal.editorial.models import Article, ArticleFile

NEWEST_FIRST = ("-publish_on", "-id")
LONGEST_LEAD = 120


def article_page(day: date, kind: str | None, *, cursor: str | None, limit: int) -> Page[dict[str, Any]]:
    """Return one page of what is public on the day, newest first."""
    rows = Article.objects.public_on(day)
    if kind:
        rows = rows.filter(kind=kind)
    found = keyset_page(rows, order=NEWEST_FIRST, cursor=cursor, limit=limit)
    return found.mapped(listed)


def latest_articles(day: date, *, limit: int = 5, kind: str | None = None) -> list[dict[str, Any]]:
    """Return the newest articles that the public sees on the day; one query."""
    rows = Article.objects.public_on(day)
    if kind:
        rows = rows.filter(kind=kind)
    return [listed(row) for row in rows.order_by(*NEWEST_FIRST)[:limit]]


def counts(day: date) -> dict[str, int]:
    """Return how many articles each column holds on the day."""
    rows = Article.objects.public_on(day).order_by().values_list("kind").annotate(number=Count("pk"))
    found = dict(rows)
    return {kind: found.get(kind, 0) for kind in Kind.values}


def listed(article: Article) -> dict[str, Any]:
    """Return what a list shows of one article."""
    return {
        "id": article.public_id,
        "kind": article.kind,
        "kind_label": Kind(article.kind).label,
        "title": article.title,
        "summary": article.summary or lead(article.body),
        "source": article.source,
        "publish_on": article.publish_on,
        "address": reverse("portal:article", args=[article.public_id]),
    }


def lead(body: str) -> str:
    """Return how a text begins, without its headings and lists, with a mark where it goes on."""
    words = plain("\n\n".join("\n".join(part.lines) for part in blocks(body) if part.kind == "paragraph")) or plain(
        body
    )
    return words if len(words) <= LONGEST_LEAD else words[: LONGEST_LEAD - 1] + "…"


def find_public(public_id: str, day: date) -> Article | None:
    return Article.objects.public_on(day).filter(public_id=public_id).first()


def newer_of(public_id: str, day: date) -> str:
    """Return the public id of the edition that took this article's place; empty where there is none."""
    found = Article.objects.filter(public_id=public_id, state=State.PASSED).first()
    while found is not None:
        row = found.editions.filter(state=State.PASSED, publish_on__lte=day).first()
        if row is None:
            break
        found = row
    shown = found is not None and Article.objects.public_on(day).filter(pk=found.pk).exists()
    return found.public_id if found is not None and shown and found.public_id != public_id else ""


def withdrawn_on(public_id: str, day: date) -> date | None:
    """Return since when an article that once was public is withdrawn; None for anything else."""
    rows = Article.objects.filter(public_id=public_id, state=State.WITHDRAWN, publish_on__lte=day)
    return rows.filter(withdrawn_on__gte=F("publish_on")).values_list("withdrawn_on", flat=True).first()


def shown(article: Article) -> dict[str, Any]:
    """Return everything that the public sees of one article; three queries."""
    files = ArticleFile.objects.filter(article=article).select_related("attachment")
    laws = LegalInstrument.objects.filter(pk__in=article.instruments.values("pk")).order_by("code")
    return listed(article) | {
        "number": article.number,
        "html": render(article.body),
        "files": [
            {"id": row.public_id, "title": row.title, "size": row.attachment.size, "type": row.attachment.extension}
            for row in files
        ],
        "laws": [
            {
                "title": law.title,
                "number": law.number,
                "kind": law.get_kind_display(),
                "effective_from": law.effective_from,
                "effective_to": law.effective_to,
            }
            for law in laws
        ],
    }


def public_file(article_id: str, file_id: str, day: date) -> ArticleFile | None:
    """Return a file of an article that the public sees on the day."""
    rows = ArticleFile.objects.filter(public_id=file_id, article__in=Article.objects.public_on(day).values("pk"))
    return rows.filter(article__public_id=article_id).select_related("attachment").first()
