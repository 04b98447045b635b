"""Honours and base data as units report them: versions of records, and records of subjects mended without new names."""

from __future__ import annotations

from typing import Any

import pytest

from core.intake import deciding
from subjects.models import CreditRecord, Subject
from tests.factories import intake as make
from tests.factories import subjects as people
from tests.factories.organizations import make_actor
from tests.support.refusals import refused

pytestmark = pytest.mark.django_db


def honour(**changes: Any) -> dict[str, Any]:
    return {
        "JGQC": "广元明月荣誉有限公司",
        "TYSHXYDM": people.new_code(),
        "RYMC": "守合同重信用企业",
        "RYNR": "连续三年",
        "RDRQ": "2026/03/02",
        "RDBMQC": "广元市市场监督管理局",
        "RDWH": "广测发〔2026〕1号",
    } | changes


def test_an_honour_is_versioned_and_a_batch_taken_back_restores_what_stood() -> None:
    row = honour()
    assert make.counts(make.intake([row], profile="honours")) == {"rows": 1, "inserted": 1}
    assert make.counts(make.intake([row], profile="honours")) == {"rows": 1, "unchanged": 1}
    changed = make.intake([{**row, "RYNR": "连续四年"}], profile="honours")
    assert make.counts(changed) == {"rows": 1, "updated": 1}
    assert list(CreditRecord.objects.order_by("version").values_list("content", "state")) == [
        ("连续三年", "superseded"),
        ("连续四年", "current"),
    ]
    reviewer = make_actor("reviewer", make.UNIT)
    again = make.intake([{**row, "RYNR": "连续五年"}], profile="honours")
    make.taken_back(changed, reviewer)
    states = CreditRecord.objects.order_by("version").values_list("state", flat=True)
    assert list(states) == ["superseded", "withdrawn", "current"]
    make.taken_back(again, reviewer)
    assert list(states.all()) == ["current", "withdrawn", "withdrawn"]  # what stands is of a batch that stands


def test_base_data_opens_and_mends_records_and_never_renames() -> None:
    known = people.entity("广元明月在册有限公司")
    code = known.identifiers.get().value
    row = {"JGQC": known.name, "TYSHXYDM": code, "ZCDZ": "广元市某路1号", "CLRQ": "2018/05/02"}
    fresh = {**row, "JGQC": "广元明月新户有限公司", "TYSHXYDM": people.new_code()}
    first = make.intake([row, fresh], profile="subjects")
    assert make.counts(first) == {"rows": 2, "inserted": 1, "updated": 1}
    known.refresh_from_db()
    assert known.address == "广元市某路1号"
    assert not Subject.objects.get(name="广元明月新户有限公司").is_provisional
    assert make.counts(make.intake([row, fresh], profile="subjects")) == {"rows": 2, "unchanged": 2}
    reviewer = make_actor("reviewer", make.UNIT)
    refused("SUB-23", deciding.withdraw, actor=reviewer, batch=first, reason="报送有误")
    renamed = make.intake([{**row, "JGQC": "广元清风改名有限公司"}], profile="subjects")
    assert make.counts(renamed) == {"rows": 1, "questioned": 1}
