"""Is a batch what its source meant to send? Judged as a whole before anything of it is written.

LST-21 a full list without rows · LST-22 fewer or more rows than the source says · LST-23 another digest · LST-24 a full
list much smaller than what stands · LST-25 many numbers changed their subject · LST-26 rows of a full list whose number
cannot be read, so that nobody can tell what is gone · LST-27 many rows rejected · LST-28 the batch before it is missing
or held · LST-29 older than what stands.
"""

from __future__ import annotations

import polars as pl

from core.intake.staging import execute, fetch
from core.models.dated import Dated
from core.text import zh_day
from exchange.downflow.receiving import parts_digest
from exchange.models import ListBatch
from exchange.models.downflow import HELD, Extent
from sanctions.consulting import rule_for
from sanctions.models import ExternalListing, ExternalRule

# The rows are not those that the source sent, or do not tell what it holds: sent again, never released.
BROKEN = frozenset({"LST-22", "LST-23", "LST-26"})
Finding = dict[str, str]


def found(code: str, detail: str) -> Finding:
    return {"code": code, "detail": detail}


def mark_repeated(batch: ListBatch) -> int:
    """E2001: a number that an earlier row of the batch has is rejected; returns how many. Safe to repeat."""
    return execute(
        """
        WITH again AS (
            SELECT id FROM (
                SELECT id, row_number() OVER (PARTITION BY number ORDER BY part, row) AS place
                  FROM exchange_listrow WHERE batch_id = %(batch)s AND outcome = '') counted
             WHERE place > 1)
        UPDATE exchange_listrow line SET outcome = 'r', code = 'E2001', message = '与本批次前面的一行编号相同'
          FROM again WHERE line.id = again.id
        """,
        {"batch": batch.pk},
    )


def judge(batch: ListBatch) -> list[Finding]:
    """Return why the batch must not be merged by itself; nothing is found where it may."""
    rule = rule_for(batch.register, batch.received_on)
    findings = [*_broken(batch), *out_of_order(batch)]
    if batch.extent == Extent.FULL:
        findings += _full(batch, rule)
    findings += _changed(batch, rule)
    return findings + _rejected(batch, rule)


def standing_of(batch: ListBatch) -> int:
    """Return how many entries of this list stand now."""
    return ExternalListing.objects.filter(register=batch.register, ended_on__isnull=True).count()


def _broken(batch: ListBatch) -> list[Finding]:
    findings = []
    if batch.count is not None and batch.count != batch.rows:
        detail = f"来源称有 {batch.count} 行，实际收到 {batch.rows} 行，可能在传输中被截断"
        findings.append(found("LST-22", detail))
    if batch.digest and batch.digest != parts_digest(batch):
        findings.append(found("LST-23", "收到的内容与来源所称的 SM3 摘要不符"))
    return findings


def out_of_order(batch: ListBatch) -> list[Finding]:
    register, findings = batch.register, []
    if register.as_of is not None and batch.as_of < register.as_of:
        detail = f"截至{zh_day(batch.as_of)}，早于已经入库的{zh_day(register.as_of)}"
        findings.append(found("LST-29", detail))
    if batch.extent == Extent.DELTA:
        if batch.follows and batch.follows != register.last_number:
            told = register.last_number or "（没有）"
            findings.append(found("LST-28", f"接续批次 {batch.follows}，而最近入库的是 {told}，中间缺少批次"))
        elif ListBatch.objects.filter(register=register, pk__lt=batch.pk, state__in=HELD).exists():
            findings.append(found("LST-28", "前面的批次还在隔离中，先处置后再接续"))
    return findings


def _full(batch: ListBatch, rule: ExternalRule) -> list[Finding]:
    if not batch.rows:
        return [found("LST-21", "全量名单一行也没有")]
    findings, standing = [], standing_of(batch)
    if batch.rows * 100 < standing * rule.min_share:
        share = batch.rows * 100 // standing
        unsure = "（该比例为待核实的设置）" if rule.confidence == Dated.Confidence.UNSURE else ""
        detail = f"收到 {batch.rows} 行，只有现有 {standing} 条的 {share}%，低于 {rule.min_share}%{unsure}"
        findings.append(found("LST-24", detail))
    unreadable = batch.lines.filter(number="").count()
    if unreadable:
        detail = f"有 {unreadable} 行读不出来源编号，分不清哪些记录已经退出"
        findings.append(found("LST-26", detail))
    return findings


_CHANGED = """
SELECT count(*) FILTER (WHERE (kept.id_type, kept.id_value, kept.personal_id)
                              IS DISTINCT FROM (line.id_type, line.id_value, line.personal_id)) AS changed, count(*) AS met
  FROM exchange_listrow line
  JOIN sanctions_externallisting kept ON kept.register_id = %(register)s AND kept.source_number = line.number
 WHERE line.batch_id = %(batch)s AND line.outcome = '' AND line.op = 'U'
"""


def _changed(batch: ListBatch, rule: ExternalRule) -> list[Finding]:
    values = {"register": batch.register_id, "batch": batch.pk}
    changed, met = fetch(_CHANGED, {"changed": pl.Int64, "met": pl.Int64}, values).row(0)
    if changed * 100 <= met * rule.max_changed:
        return []
    return [found("LST-25", f"{met} 个已有的编号中有 {changed} 个换了主体，超过 {rule.max_changed}%")]


def _rejected(batch: ListBatch, rule: ExternalRule) -> list[Finding]:
    refused = batch.lines.filter(outcome="r").count()
    if not batch.rows or refused * 100 <= batch.rows * rule.max_rejected:
        return []
    return [found("LST-27", f"{batch.rows} 行中有 {refused} 行不合规则，超过 {rule.max_rejected}%")]


def bars_release(batch: ListBatch) -> list[Finding]:
    """Return why even two persons cannot let the batch in: it is not what the source sent, or its time has passed."""
    return [row for row in batch.findings if row["code"] in BROKEN] + out_of_order(batch)
