"""`manage.py simulate`: only JSON on standard output, one answer per line, exit 2 for what cannot be read, no writes."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
SCENARIO = {
    "entry": "CJ-005",
    "subject": {"kind": "enterprise", "name": "广元示例建材有限公司"},
    "acts": [
        {"on": "2026-03-02", "act": "decide", "starts_on": "2026-03-02", "period": {"days": 90}},
        {"on": "2026-03-11", "act": "object"},
        {"on": "2026-04-03", "act": "reject_objection"},
    ],
    "ask": ["2026-03-11"],
}


class Stdin:
    def __init__(self, text: str | bytes) -> None:
        self.buffer = io.BytesIO(text if isinstance(text, bytes) else text.encode())


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> None:
    """Every test but the one with a database of its own runs in a transaction."""
    if "own_database" not in request.fixturenames:
        request.getfixturevalue("db")


def run(monkeypatch: pytest.MonkeyPatch, text: str | bytes, name: str = "-") -> tuple[int, list[dict[str, Any]]]:
    """Return exit code and the JSON lines that the command printed."""
    monkeypatch.setattr(sys, "stdin", Stdin(text))
    out = io.StringIO()
    code = 0
    try:
        call_command("simulate", name, stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(SCENARIO, ensure_ascii=False, indent=2), "utf-8")
    code, answers = run(monkeypatch, "", str(path))
    assert code == 0
    assert [answer["ends_on"] for answer in answers] == ["2026-06-22"]


def test_one_scenario_over_many_lines_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    code, answers = run(monkeypatch, "\ufeff" + json.dumps(SCENARIO, indent=2))
    assert (code, len(answers), answers[0]["asked"]) == (0, 1, {"2026-03-11": "paused"})


def test_json_lines_answer_line_by_line_and_an_unreadable_one_by_its_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    line = json.dumps(SCENARIO)
    code, answers = run(monkeypatch, f"{line}\n\nnot json\n{line}\n[1]\n" + '{"entry": "CJ-005"}\n')
    assert code == 2
    assert [answer.get("ends_on") for answer in answers] == ["2026-06-22", None, "2026-06-22", None, None]
    assert [answers[i]["code"] for i in (1, 3, 4)] == ["SIM-01", "SIM-04", "SIM-02"]
    assert {"type", "title", "status", "code", "detail", "remedy"} <= set(answers[1])


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "{", '{\n  "entry": "CJ-005",\n  "acts": [}', b"\xff\xfe\x00", '{"a": NaN}', "[" * 100_000],
)
def test_what_cannot_be_read_is_one_problem_and_exit_2(monkeypatch: pytest.MonkeyPatch, text: str | bytes) -> None:
    code, answers = run(monkeypatch, text)
    assert (code, len(answers)) == (2, 1)
    assert answers[0]["code"].startswith("SIM-")
    assert answers[0]["title"] == "场景无法读取"


def test_duplicate_fields_and_missing_files_are_unreadable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    doubled = json.dumps(SCENARIO)[:-1] + ', "entry": "CJ-006"}'
    assert run(monkeypatch, doubled)[0] == 2
    code, answers = run(monkeypatch, "", str(tmp_path / "none.json"))
    assert (code, answers[0]["code"]) == (2, "SIM-01")


def count_rows() -> dict[str, int]:
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            found[table] = cursor.fetchone()[0]
    return found


def test_it_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert apps.get_model("sanctions", "Listing")
    before = count_rows()
    for path in sorted((Path(__file__).parent / "scenarios").glob("*.json")):
        assert run(monkeypatch, json.dumps(json.loads(path.read_text("utf-8"))["scenario"]))[0] == 0
    assert count_rows() == before


def mixed(count: int) -> str:
    """Return so many scenarios as JSON Lines: every golden one in turn, each time a day later."""
    golden = sorted((Path(__file__).parent / "scenarios").glob("*.json"))
    made = [json.dumps(json.loads(path.read_text("utf-8"))["scenario"]) for path in golden]

    def later(text: str, days: int) -> str:
        return DATE.sub(lambda day: (date.fromisoformat(day[0]) + timedelta(days=days)).isoformat(), text)

    return "\n".join(later(made[number % len(made)], number // len(made)) for number in range(count))


def test_many_scenarios_ask_the_database_no_more_often_than_few(monkeypatch: pytest.MonkeyPatch) -> None:
    """SIMULATE_SCENARIOS: how many there are instead of 500."""
    asked = []
    for count in (50, int(os.environ.get("SIMULATE_SCENARIOS", "500"))):
        text = mixed(count)
        with CaptureQueriesContext(connection) as queries:
            code, answers = run(monkeypatch, text)
        assert (code, len(answers)) == (0, count)
        asked.append(len(queries))
    assert asked[0] == asked[1] <= 20, asked


def test_as_a_process_it_prints_json_and_nothing_else(own_database: str) -> None:
    database = connection.settings_dict
    script = (
        "import sys, django; from django.conf import settings; django.setup();"
        f"settings.DATABASES['default'].update(NAME={database['NAME']!r}, HOST={database['HOST']!r},"
        f" PORT={str(database['PORT'])!r}, USER={database['USER']!r}, PASSWORD={database['PASSWORD']!r});"
        "from django.core.management import execute_from_command_line as run; run(['manage.py', 'simulate', '-'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=f"{json.dumps(SCENARIO)}\nnonsense\n",
        cwd=settings.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "credit_platform.settings.test", "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert (done.returncode, len(answers)) == (2, 2), done.stderr
    assert answers[0]["ends_on"] == "2026-06-22"
