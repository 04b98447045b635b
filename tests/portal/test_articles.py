"""Articles: two officers, a day to appear on, never rewritten, withdrawn with a reason; and what the public reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import LegalInstrument
from core import clock
from core.actors import Actor, acting
from core.problems import NotFound, NotPermitted, Refused
from portal.editorial import selectors, services
from portal.editorial.rules import Text
from portal.models import Article
from tests.factories import sanctions as chain
from tests.support.workbench import signed_in, words

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)
BODY = "## 一、范围\n\n本市成员单位。\n\n- 及时\n- 准确\n\n见[目录清单](/catalogue)。"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with clock.at(TODAY):
        yield


def writer() -> Actor:
    return chain.actor_of("rsj", "handler")


def office(number: int = 1) -> Actor:
    return chain.actor_of("fgw", "office", number)


def text(**changes: Any) -> Text:
    given = {"kind": "notice", "title": "关于报送双公示的通知", "body": BODY, "source": "联席会议办公室"}
    return Text(**(given | changes))


def published(**changes: Any) -> Article:
    wished = changes.pop("publish_on", None)
    article = services.write(actor=writer(), text=text(**changes))
    services.submit(actor=writer(), article=article)
    return services.publish(actor=office(), article=article, publish_on=wished)


def codes(caught: Any) -> set[str]:
    return {row.code for row in caught.value.errors} or {caught.value.code}


def test_EDT_01_to_07_everything_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(Refused) as caught:
        services.write(
            actor=writer(),
            text=text(
                kind="blog", title=" ", source="", body="电话 13812345678", publish_on=TODAY - timedelta(days=1),
                instruments=("none",),
            ),
        )  # fmt: skip
    assert codes(caught) == {"EDT-01", "EDT-02", "EDT-03", "EDT-05", "EDT-06", "EDT-07"}
    with pytest.raises(Refused) as caught:
        services.write(actor=writer(), text=text(title="长" * 121))
    assert codes(caught) == {"EDT-04"}
    assert not Article.objects.exists()


def test_only_a_second_officer_of_the_office_passes_and_strangers_see_no_draft() -> None:
    own = services.write(actor=office(), text=text())
    services.edit(actor=office(2), article=own, text=text(title="第二人改过的通知"))
    services.submit(actor=office(), article=own)
    for who in (office(), office(2)):  # the writer and submitter; the last editor
        with pytest.raises(Refused) as caught:
            services.publish(actor=who, article=own)
        assert codes(caught) == {"CORE-05"}
    with pytest.raises(NotPermitted):
        services.write(actor=chain.actor_of("fgw", "system_admin"), text=text())
    with pytest.raises(NotFound):
        services.submit(actor=writer(), article=own)  # another unit's
    theirs = services.write(actor=writer(), text=text())
    services.submit(actor=writer(), article=theirs)
    with pytest.raises(NotPermitted):
        services.publish(actor=writer(), article=theirs)
    with pytest.raises(Refused) as caught:
        services.send_back(actor=office(), article=theirs)
    assert codes(caught) == {"CORE-07"}
    services.send_back(actor=office(), article=theirs, reason="补充依据")
    services.discard(actor=writer(), article=theirs, reason="不再发布")
    assert services.publish(actor=office(3), article=own).publish_on == TODAY


def test_an_article_appears_on_its_day_by_the_date_alone(client: Client) -> None:
    soon = TODAY + timedelta(days=3)
    article = published(publish_on=soon)
    address = reverse("portal:article", args=[article.public_id])
    assert client.get(address).status_code == 404
    assert selectors.latest_articles(TODAY) == []
    with clock.at(soon):
        page = client.get(address)
        assert page.status_code == 200
        assert "<h2>一、范围</h2>" in words(page)
        assert "2026年6月4日" in words(page)
        assert f'<link rel="canonical" href="http://testserver{address}">' in words(page)
        assert [row["id"] for row in selectors.latest_articles(soon)] == [article.public_id]


def test_what_was_sent_is_not_rewritten_even_by_sql() -> None:
    article = published()
    for act in (services.edit, services.submit, services.discard):
        more: dict[str, Any] = {"text": text()} if act is services.edit else {"reason": "改"}
        with pytest.raises(Refused):
            act(actor=writer(), article=article, **more)
    for statement in (
        "UPDATE portal_article SET body = '改' WHERE id = %s",
        "UPDATE portal_article SET publish_on = '2020-01-01' WHERE id = %s",
        "DELETE FROM portal_article WHERE id = %s",
    ):
        with pytest.raises(DatabaseError) as caught, acting(Actor.job("t"), "t"), connection.cursor() as cursor:
            cursor.execute(statement, [article.pk])
        assert str(getattr(caught.value.__cause__, "pgcode", "")) in {"CR701", "CR703"}
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:  # nobody acts
        cursor.execute("UPDATE portal_article SET state = 'withdrawn', withdrawn_on = publish_on")


def test_a_newer_edition_takes_the_place_on_its_day_and_withdrawing_tells_since_when(client: Client) -> None:
    old = published()
    newer = services.write(actor=writer(), text=text(title="更正后的通知"), replaces=old)
    with pytest.raises(Refused) as caught:
        services.write(actor=writer(), text=text(), replaces=old)
    assert codes(caught) == {"EDT-08"}
    services.submit(actor=writer(), article=newer)
    day = TODAY + timedelta(days=2)
    services.publish(actor=office(), article=newer, publish_on=day)
    first, second = (reverse("portal:article", args=[row.public_id]) for row in (old, newer))
    assert client.get(first).status_code == 200
    with clock.at(day):
        assert client.get(first).headers["Location"] == second
        assert [row["title"] for row in selectors.latest_articles(day)] == ["更正后的通知"]
        services.withdraw(actor=office(), article=newer, reason="文件已废止")
        assert client.get(second).status_code == 410  # withdrawn on its first day: the old edition stands again
        assert client.get(first).status_code == 200
    later = published(title="又一篇")
    with clock.at(TODAY + timedelta(days=5)):
        services.withdraw(actor=office(), article=later, reason="有误")
        gone = client.get(reverse("portal:article", args=[later.public_id]))
        assert gone.status_code == 410
        assert "2026年6月6日撤下" in words(gone)
        assert "有误" not in words(gone)


def test_lists_by_column_with_files_and_laws_in_a_constant_number_of_queries(client: Client) -> None:
    law = LegalInstrument.objects.order_by("code").first()
    assert law is not None
    draft = services.write(actor=writer(), text=text(kind="policy", title="实施办法", instruments=(law.code,)))
    held = chain.attachment(writer(), "办法全文", "办法.txt")
    file = services.add_file(actor=writer(), article=draft, attachment=held, title="办法全文")
    address = reverse("portal:article_file", args=[draft.public_id, file.public_id])
    assert client.get(address).status_code == 404  # not public yet
    services.submit(actor=writer(), article=draft)
    services.publish(actor=office(), article=draft)
    served = client.get(address)
    assert b"".join(served.streaming_content).decode().strip() == "办法全文"  # type: ignore[attr-defined]
    shown = words(client.get(reverse("portal:article", args=[draft.public_id])))
    assert law.title in shown
    assert address in shown

    def queries(path: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(path).status_code == 200
        return len(seen)

    once = queries("/articles")
    for number in range(3):
        published(title=f"通知{number}")
    assert queries("/articles") == once <= 4
    assert queries(f"/articles/{draft.public_id}") <= 4
    notices = words(client.get("/articles?kind=notice"))
    assert "通知0" in notices
    assert "实施办法" not in notices
    assert "还没有发布典型案例" in words(client.get("/articles?kind=case"))
    assert client.get("/articles?cursor=x").status_code == 400


def test_the_workbench_writes_and_publishes_by_forms(client: Client) -> None:
    page = signed_in(writer())
    form = {"kind": "notice", "title": "窗口通知", "body": "正文", "source": "市人社局", "number": "", "summary": "",
            "publish_on": ""}  # fmt: skip
    refused = page.post("/admin/portal/article/add/", form | {"body": "身份证 510802199001011234"})
    assert refused.status_code == 409
    assert "EDT-07" in words(refused)
    assert "窗口通知" in words(refused)  # what was typed stays
    assert page.post("/admin/portal/article/add/", form).status_code == 302
    article = Article.objects.get()
    base = f"/admin/portal/article/{article.public_id}/"
    assert page.post(f"{base}do/submit/", {}).status_code == 302
    assert "待审核" in words(page.get(f"{base}change/"))
    assert page.post(f"{base}do/publish/", {"publish_on": ""}).status_code == 403
    head = signed_in(office())
    assert "审核发布" in words(head.get(f"{base}change/"))
    assert head.post(f"{base}do/publish/", {"publish_on": ""}).status_code == 302
    assert client.get(f"/articles/{article.public_id}").status_code == 200
    assert signed_in(chain.stranger()).get(f"{base}change/").status_code == 404
