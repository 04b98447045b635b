"""Every table of the house is kept: its changes go to history, or it refuses them; the exceptions are named here."""

import pytest
from django.db import DatabaseError, connection, transaction

from core.counters import next_number
from core.models import Attachment, Counter

pytestmark = pytest.mark.django_db

PREFIXES = (
    "core", "organizations", "catalog", "subjects", "sanctions", "publicity", "repair", "objections", "exchange",
    "supervision", "portal",
)  # fmt: skip
# Tables without history and without refusal, each with the reason.
FREE = {
    "core_outboxhorizon": "水位，一行，由排序任务推进，丢失后从头重算",
    "subjects_gramfrequency": "检索统计，由任务整表重建",
    "organizations_expertfield": "专家领域词表，只由参考数据载入",
    "organizations_referencerow": "参考数据载入的记账：哪一行出自哪个文件",
    "organizations_clientrequest": "接口请求记录，只增，期满删除；办理的事项另有历史",
    "organizations_clientuse": "接口客户端最近使用的时间，由请求记录而来",
    "organizations_clientnonce": "请求签名的一次性标记，过了时间戳的有效期即删除",
    "core_idempotentcall": "重复提交的凭据，过期删除；办理结果另有记录",
    "core_reminder": "已经发出的提醒，只防止重复提醒，不影响办理",
    "core_alert": "给管理岗位的预警，解除后无用，不影响办理",
    "core_jobrun": "后台任务的运行记录，不影响办理",
    "core_wrongsecret": "查询码输错的次数，只用于暂停查询，过后删除",
    "sanctions_checkjob": "待核查的名册，封存，答完即删；核查和答复写下即不得改动",
    "sanctions_checkpage": "核查页面的一次性交接，打开或者失效后清空；核查本身是不得改写的回执",
    "portal_draft": "没有提交的草稿，期满删除；提交后的申请另有历史",
    "portal_draftfile": "草稿的附件，提交后成为附件，否则删除",
    "publicity_peer": "对接系统跟到哪里，由推送和对账任务推进，丢失后由对账补齐",
    "publicity_push": "每条公示记录送到哪一步，由公示记录和对账重建；公示本身另有历史和事件",
    "publicity_reconciliation": "一次对账的经过，随对账写到结束；找出的差异写下即不得改动",
    "publicity_pushbatch": "推送批次，只补写应答，丢失后由对账补齐",
    "exchange_follower": "跟进变更的系统读到哪里，随每次读取推进，丢失后由其下一次读取补上",
    "exchange_outgoinghorizon": "水位，一行，由排序任务推进",
    "exchange_snapshot": "全量快照的清单，过几天连同文件删除，随时可以重做",
    "exchange_snapshotfile": "全量快照的文件和摘要，随快照删除",
    "exchange_listpart": "名单批次的分段，只记行数和摘要；批次另有历史",
    "exchange_listrow": "名单批次的明细，等待入库，入库后只补写结果，过期清理；名单记录另有历史",
    "exchange_listfollow": "省平台名单取到哪里，由取回任务推进",
    "publicity_receiveddecision": "接收的决定办到哪一步；入库结果另记在批次的逐行答复中",
}
GUARDED = {
    "sanctions_check": "批量核查只补写一次回执",
    "core_counter": "只能依次加一",
    "core_personalidentifier": "只在轮换密钥时更换密文，历史中不得有号码",
}

WITHOUT = """
SELECT c.relname FROM pg_class c
 WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace AND split_part(c.relname, '_', 1) = ANY (%s)
   AND NOT EXISTS (SELECT 1 FROM pg_trigger t JOIN pg_proc f ON f.oid = t.tgfoid
                    WHERE t.tgrelid = c.oid AND t.tgenabled <> 'D'
                      AND (f.proname = 'core_write_history'
                           OR f.proname = 'core_refuse_change' AND t.tgtype & 16 = 16))
 ORDER BY c.relname
"""


def test_no_table_is_changed_without_trace() -> None:
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT, [list(PREFIXES)])
        found = {name for (name,) in cursor.fetchall()}
    assert found - {*FREE, *GUARDED} == set(), "neither history nor refusal: add TriggerHistory or append_only_sql"
    assert {*FREE, *GUARDED} - found == set(), "no longer an exception: take it off the list"


def refused(statement: str) -> str:
    with pytest.raises(DatabaseError) as caught, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    return str(getattr(caught.value.__cause__, "pgcode", ""))


@pytest.mark.parametrize("table", ["core_attachment", "organizations_signin", "publicity_difference"])
@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_files_and_sign_ins_are_only_added(table: str, verb: str) -> None:
    assert refused(verb.format(table)) == "CR002"


def test_a_counter_only_counts_on() -> None:
    assert [next_number("test", "fgw", 2026) for _ in range(3)] == [1, 2, 3]
    for statement in (
        "UPDATE core_counter SET last = last",
        "UPDATE core_counter SET last = last + 2",
        "UPDATE core_counter SET last = last - 1",
        "UPDATE core_counter SET last = last + 1, year = 2027",
        "DELETE FROM core_counter",
        "TRUNCATE core_counter",
        "INSERT INTO core_counter (series, unit_key, year, last) VALUES ('test', 'fgw', 2027, 7)",
    ):
        assert refused(statement) == "CR002", statement
    assert Counter.objects.get().last == 3
    assert not Attachment.objects.exists()


def test_a_personal_number_is_neither_deleted_nor_rewritten() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_personalidentifier (type, key_id, nonce, ciphertext, index_current, created_at)"
            " VALUES ('id_card', 'k1', '\\x01', '\\x02', '\\x03', '2026-01-01')"
        )
    for change in ("type = 'passport'", "ciphertext = '\\x09'", "nonce = '\\x09'", "index_current = '\\x09'",
                   "created_at = '2026-02-01'", "index_previous = '\\x09'", "key_id = 'k2'"):  # fmt: skip
        assert refused(f"UPDATE core_personalidentifier SET {change}") == "CR002", change
    assert refused("DELETE FROM core_personalidentifier") == "CR002"
    rotated = "key_id = 'k2', nonce = '\\x11', ciphertext = '\\x12', index_current = '\\x13', index_previous = '\\x03'"
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE core_personalidentifier SET {rotated}")
        cursor.execute("UPDATE core_personalidentifier SET index_previous = NULL")
