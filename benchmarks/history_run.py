"""Worker: one way of keeping history, timed on a fresh database. Returns seconds."""

from __future__ import annotations

import io
import sys
import time

from django.db import connection, transaction

from core.actors import Actor, acting
from subjects.synthesis import benchmark_names, public_ids

TABLE, HISTORY = "subjects_subject", "subjects_historicalsubject"
COLUMNS = (
    "public_id, kind, name, status, district_code, address, industry, legal_representative, registrar, registered_on,"
    " is_provisional, is_demo"
)


def main() -> dict[str, float]:
    way, rows = sys.argv[1], int(sys.argv[2])
    lines = [
        f"{public_id}\tenterprise\t{name}\tactive\t510802\t广元市某路1号\t建筑\t\t\t2026-01-01\tf\tf\n"
        for public_id, name in zip(public_ids(rows, 7), benchmark_names(rows, 7), strict=True)
    ]
    data = io.StringIO("".join(lines))
    separate = way == "separate"
    with connection.cursor() as cursor:
        if separate:
            cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER track_insert")
            cursor.execute(f"ALTER TABLE {TABLE} DISABLE TRIGGER track_update")
        cursor.execute(
            "SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a JOIN pg_attribute b"
            " ON b.attname = a.attname AND b.attrelid = %s::regclass WHERE a.attrelid = %s::regclass AND a.attnum > 0",
            [HISTORY, TABLE],
        )
        columns = cursor.fetchone()[0]

    def keep(sign: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {HISTORY} ({columns}, history_date, history_type, history_change_reason, history_actor,"
                f" history_act, history_on) SELECT {columns}, clock_timestamp(), %s, NULL, %s, 'bench', '2026-01-01'"
                f" FROM {TABLE}",
                [sign, '{"kind": "job", "key": "bench", "label": "bench"}'],
            )

    seconds = {}
    with connection.cursor() as cursor:
        started = time.perf_counter()
        with transaction.atomic(), acting(Actor.job("bench"), "bench"):
            cursor.copy_expert(f"COPY {TABLE} ({COLUMNS}) FROM STDIN", data)
            if separate:
                keep("+")
        seconds["copy"] = time.perf_counter() - started
        cursor.execute(f"VACUUM ANALYZE {TABLE}")
        started = time.perf_counter()
        with transaction.atomic(), acting(Actor.job("bench"), "bench"):
            cursor.execute(f"UPDATE {TABLE} SET address = '广元市某路2号'")
            if separate:
                keep("~")
        seconds["update"] = time.perf_counter() - started
    return seconds
