"""Who follows and how far: seen by those who keep the exchange, by a unit for its own systems, and by the public."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from core import clock
from core.models import OutboxEvent
from exchange.feed import following, pages
from exchange.models import Follower
from organizations.acts.pages import address
from tests.factories import exchange as make
from tests.factories import sanctions as chain
from tests.factories import subjects
from tests.factories.exchange import CHANGES, ask
from tests.support.workbench import signed_in, words

pytestmark = pytest.mark.django_db
LIST = "/admin/exchange/follower/"


def test_the_lag_is_shown_to_whom_it_concerns() -> None:
    cache.clear()
    system, head = make.client("示例银行征信系统"), make.number_all()
    assert ask(CHANGES, system, {"after": head}).status_code == 200
    office, own, stranger = (
        chain.actor_of(*who) for who in (("fgw", "office"), ("fgw", "handler"), ("rsj", "handler"))
    )
    assert "已跟上" in words(signed_in(office).get(LIST))
    assert "目前没有单位登记跟进" not in words(Client().get("/open-data"))
    subjects.entity()
    make.number_all()
    since = clock.day_of(OutboxEvent.objects.order_by("-pk")[0].recorded_at)
    row = Follower.objects.with_lag().get()
    lag = following.lag_of(row, following.allowed_days())
    assert (lag.behind, lag.due_on, lag.late) == (pages.head() - head, since + timedelta(days=1), False)
    cache.clear()
    with clock.at(since + timedelta(days=2)):
        for actor in (office, own):
            found = words(signed_in(actor).get(LIST))
            assert "示例银行征信系统" in found
            assert "超期未跟进" in found
        page = words(signed_in(office).get(address(row)))
        assert "读完以前不再提供行政处罚、失信惩戒名单的整份下载" in page
        assert "示例银行征信系统" not in words(signed_in(stranger).get(LIST))
        assert signed_in(stranger).get(address(row)).status_code == 404
        public = words(Client().get("/open-data"))
        assert "已经超期" in public
        assert row.client.organization.name in public
        assert "示例银行征信系统" not in public  # by unit, nothing of the system
    assert signed_in(office).get("/admin/exchange/snapshot/").status_code == 200
