"""The province away for a while, losing every third answer, the worker killed twice: nothing lost, nothing twice."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from core import clock
from exchange.upward.system import PROVINCE
from publicity.models import Push, PushState, Reconciliation
from publicity.push import running
from publicity.push.enrolling import enrol
from tests.factories import organizations
from tests.support.databases import CHECKOUT
from tests.support.peers import Peers, playing
from tests.support.pushing import PUSHER, peer, published, states
from tests.support.sites import environment
from tests.support.waiting import wait_until

TODAY = date(2026, 6, 15)
RECORDS, PARCEL = 60, 4
AWAY_SECONDS = int(os.environ.get("PROVINCE_AWAY_SECONDS", "8"))  # 600 by hand: the ten minutes as they are
# The worker of production but for its pauses, which are over at once: otherwise a minute each.
WORKER = """
import sys, time
from datetime import date
import django
django.setup()
from core import clock
from exchange.tasks import push_job
from publicity.models import Push
from publicity.push import parcels
parcels.PARCEL = int(sys.argv[2])
with clock.at(date.fromisoformat(sys.argv[1])):
    while True:
        Push.objects.filter(state="queued").update(next_at=clock.now())
        push_job()
        time.sleep(0.05)
"""


def worker(database: str, peers: Peers) -> subprocess.Popen[bytes]:
    province = {"PROVINCE_URL": f"{peers.url}/province", "PROVINCE_KEY": "a third", "PEER_SECONDS": "2"}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, TODAY.isoformat(), str(PARCEL)],
        cwd=CHECKOUT, env=environment(database) | province, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def acknowledged() -> int:
    return Push.objects.filter(state=PushState.ACKNOWLEDGED).count()


def test_nothing_is_lost_and_each_record_is_numbered_once(own_database: str, tmp_path: Path) -> None:
    with clock.at(TODAY), playing(tmp_path) as peers:
        rows = published(organizations.make_unit(), RECORDS)
        enrol(peer(PROVINCE), actor=PUSHER)
        peers.fault("lose", PROVINCE, every=3)
        running_one = worker(own_database, peers)
        try:
            assert wait_until(lambda: acknowledged() >= 8, 60)
            running_one.kill()  # in the middle of a run
            running_one.wait()
            peers.control("fault", fault="away", seconds=AWAY_SECONDS)
            assert wait_until(lambda: not peers.answers(), 20)
            running_one = worker(own_database, peers)
            assert wait_until(lambda: bool(peer(PROVINCE).failing_since), 60)
            before = acknowledged()
            running_one.kill()  # while the province is away
            running_one.wait()
            assert before < RECORDS
            assert wait_until(peers.answers, AWAY_SECONDS + 60)
            running_one = worker(own_database, peers)
            assert wait_until(lambda: acknowledged() == RECORDS, 120), states(PROVINCE)
        finally:
            running_one.kill()
            running_one.wait()
        held, state = peers.province(), peers.control("province/state")
        assert set(held) == {row.public_id for row in rows}
        assert {row["taken"] for row in held.values()} == {1}
        numbers = {row["rec_uid"]: row["number"] for row in state["numbers"]}
        assert len(set(numbers.values())) == len(numbers) == RECORDS
        assert numbers == dict(Push.objects.values_list("uid", "number"))
        assert any(row["fault"] == "lose" for row in peers.state()["asked"])
        peers.control("heal")
        assert running.reconcile_once(PROVINCE, actor=PUSHER)["differences"] == 0
        run = Reconciliation.objects.get()
        assert (run.ours, run.acknowledged, run.theirs, run.fault) == (RECORDS, RECORDS, RECORDS, "")
