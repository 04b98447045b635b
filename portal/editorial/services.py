"""Commands on articles: write, edit, files, send to the second officer, pass for a day, withdraw, write a newer edition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from catalog.models import LegalInstrument
from core import workflow
from core.actors import Actor, acting, settled_day
from core.masking import no_personal_numbers
from core.models import Attachment
from core.permissions import require
from core.problems import NotFound, Violation, refuse
from organizations.models import Organization
from portal.editorial import rules
from portal.editorial.enums import OPEN, State
from portal.editorial.models import Article, ArticleFile, ArticleInstrument
from portal.editorial.rules import Text
from portal.editorial.workflow import ARTICLE
from portal.permissions import ARTICLE_PUBLISH as PUBLISH
from portal.permissions import ARTICLE_WRITE as WRITE

MOST_FILES = 10
COLUMNS = ("kind", "title", "summary", "body", "source", "number", "publish_on")


def write(
    *, actor: Actor, text: Text, replaces: Article | None = None, on: date | None = None, reason: str = ""
) -> Article:
    """Keep a new draft of the actor's unit; `replaces` makes it the newer edition of a published article.

    Raises Refused EDT-01…EDT-07 for what is missing or forbidden, EDT-08 where the old edition is not public or has a
    newer one under way.
    """
    require(actor, WRITE)
    day = settled_day(actor, on, reason)
    clean = text.stripped()
    found = rules.check(clean, day)
    instruments = _instruments(clean.instruments, found)
    refuse(found + (_replaceable(actor, replaces, day) if replaces is not None else []))
    with acting(actor, "article.write", reason=reason, on=day):
        article = Article.objects.create(
            **{name: getattr(clean, name) for name in COLUMNS},
            unit=Organization.objects.get(pk=actor.unit_id or 0),
            replaces=replaces,
            written_by_key=actor.key,
        )
        _link(article, instruments)
        if replaces is not None:
            ArticleFile.objects.bulk_create(
                ArticleFile(article=article, attachment_id=row.attachment_id, title=row.title)
                for row in replaces.files.all()
            )
        workflow.begin(article, ARTICLE, "write", actor=actor, on=day)
    return article


def edit(*, actor: Actor, article: Article, text: Text, on: date | None = None, reason: str = "") -> Article:
    """Put a new text into a draft. Raises Refused EDT-01…EDT-07, CORE-04 for what is no draft."""
    own = _own(actor, article)
    day = settled_day(actor, on, reason)
    clean = text.stripped()
    found = rules.check(clean, day)
    instruments = _instruments(clean.instruments, found)
    refuse(found)
    changes = {name: getattr(clean, name) for name in COLUMNS} | {"written_by_key": actor.key}
    with acting(actor, "article.edit", reason=reason, on=day):
        done = workflow.apply(own, ARTICLE, "edit", actor=actor, reason=reason, on=day, changes=changes)
        ArticleInstrument.objects.filter(article=done).exclude(instrument__in=instruments).delete()
        held = set(ArticleInstrument.objects.filter(article=done).values_list("instrument_id", flat=True))
        _link(done, [row for row in instruments if row.pk not in held])
    return done


def add_file(*, actor: Actor, article: Article, attachment: Attachment, title: str) -> ArticleFile:
    """Put a file beside a draft for readers to download. Raises Refused EDT-09."""
    own = _own(actor, article)
    named = " ".join(title.split())
    found = no_personal_numbers(named, "title", "附件名称")
    if not named:
        found.append(Violation("EDT-09", "没有填写附件名称", "title", "填写读者看到的名称"))
    if own.state == State.DRAFT and own.files.count() >= MOST_FILES:
        found.append(Violation("EDT-09", f"附件最多 {MOST_FILES} 个", "file", "合并文件后上传"))
    refuse(found)
    with acting(actor, "article.add_file"):
        held = workflow.apply(own, ARTICLE, "edit", actor=actor, changes={"written_by_key": actor.key})
        return ArticleFile.objects.create(article=held, attachment=attachment, title=named[:120])


def remove_file(*, actor: Actor, article: Article, file: ArticleFile) -> None:
    """Take a file off a draft."""
    own = _own(actor, article)
    with acting(actor, "article.remove_file"):
        held = workflow.apply(own, ARTICLE, "edit", actor=actor, changes={"written_by_key": actor.key})
        ArticleFile.objects.filter(article=held, pk=file.pk).delete()


def submit(*, actor: Actor, article: Article, on: date | None = None, reason: str = "") -> Article:
    """Send a draft to the second officer."""
    return _step(actor, article, "submit", on, reason)


def take_back(*, actor: Actor, article: Article, on: date | None = None, reason: str = "") -> Article:
    """Take an article back from the second officer to work on it."""
    return _step(actor, article, "take_back", on, reason)


def send_back(*, actor: Actor, article: Article, on: date | None = None, reason: str = "") -> Article:
    """Give an article back to its writer with what is to be mended."""
    return _step(actor, article, "return", on, reason)


def discard(*, actor: Actor, article: Article, on: date | None = None, reason: str = "") -> Article:
    """Give a draft up, with a reason."""
    return _step(actor, article, "discard", on, reason)


def publish(
    *, actor: Actor, article: Article, publish_on: date | None = None, on: date | None = None, reason: str = ""
) -> Article:
    """Pass an article by a second officer: the public sees it from its day on, today where none is named.

    Raises Refused CORE-05 for who wrote, edited or submitted it, EDT-06 for a day outside the coming year, EDT-07.
    """
    own = _own(actor, article)
    day = settled_day(actor, on, reason)
    shown_from = publish_on or max(own.publish_on or day, day)  # a wished day that went by meanwhile is today
    refuse(rules.check(text_of(own, publish_on=shown_from), day))
    changes = {"publish_on": shown_from, "passed_by_key": actor.key}
    with acting(actor, "article.publish", reason=reason, on=day):
        return workflow.apply(own, ARTICLE, "publish", actor=actor, reason=reason, on=day, changes=changes)


def withdraw(*, actor: Actor, article: Article, on: date | None = None, reason: str = "") -> Article:
    """Take a passed article off the portal from today on; whoever opens its address is told that it was withdrawn."""
    own = _own(actor, article)
    day = settled_day(actor, on, reason)
    with acting(actor, "article.withdraw", reason=reason, on=day):
        return workflow.apply(
            own, ARTICLE, "withdraw", actor=actor, reason=reason, on=day, changes={"withdrawn_on": day}
        )


def text_of(article: Article, *, publish_on: date | None = None) -> Text:
    """Return what an article says, as a text that can be checked or worked on."""
    codes = ArticleInstrument.objects.filter(article=article).values_list("instrument__code", flat=True)
    return Text(
        kind=article.kind,
        title=article.title,
        body=article.body,
        source=article.source,
        summary=article.summary,
        number=article.number,
        publish_on=publish_on,
        instruments=tuple(codes),
    )


def _step(actor: Actor, article: Article, name: str, on: date | None, reason: str) -> Article:
    own = _own(actor, article)
    day = settled_day(actor, on, reason)
    with acting(actor, f"article.{name}", reason=reason, on=day):
        return workflow.apply(own, ARTICLE, name, actor=actor, reason=reason, on=day)


def _own(actor: Actor, article: Article) -> Article:
    """Return the article where the actor may know of it; strangers' drafts do not exist."""
    if not (actor.may(WRITE) or actor.may(PUBLISH)):
        require(actor, WRITE)
    found = Article.objects.visible_to(actor).filter(pk=article.pk).first()
    if found is None:
        raise NotFound("该文章")
    return found


def _replaceable(actor: Actor, article: Article, day: date) -> list[Violation]:
    own = _own(actor, article)
    if not Article.objects.public_on(day).filter(pk=own.pk).exists():
        return [Violation("EDT-08", "只有正在发布的文章可以更正", remedy="更正最新一版，或者另写一篇")]
    if own.editions.filter(state__in=[*OPEN, State.PASSED]).exists():
        return [Violation("EDT-08", "该文章已有更正稿", remedy="在已有的更正稿上修改")]
    return []


def _instruments(codes: Sequence[str], found: list[Violation]) -> list[LegalInstrument]:
    """Return the legal documents with these codes; what is unknown is added to the violations."""
    rows = {row.code: row for row in LegalInstrument.objects.filter(code__in=codes)}
    unknown = [code for code in codes if code not in rows]
    if unknown:
        wrong = f"没有法律文件 {'、'.join(unknown)[:100]}"
        found.append(Violation("EDT-05", wrong, "instruments", "从目录清单的法律文件中选择"))
    return [rows[code] for code in codes if code in rows]


def _link(article: Article, instruments: Sequence[LegalInstrument]) -> None:
    ArticleInstrument.objects.bulk_create(
        ArticleInstrument(article=article, instrument=instrument) for instrument in instruments
    )
