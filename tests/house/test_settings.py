"""Settings, compose file and documents say the same about the environment; production refuses to guess."""

import os
import re
import subprocess
import sys
from contextlib import closing

import psycopg2
import pytest
import yaml
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ValidationError

from credit_platform.passwords import CharacterClassesValidator
from credit_platform.settings import environment, stores
from credit_platform.settings.stores import broker

OURS = ("web", "worker", "beat", "migrate")
NOT_IN_PRODUCTION = {"PORT"}  # `make run` only


def compose() -> dict:
    return yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())


def names(service: str) -> set[str]:
    return {name.removesuffix("_FILE") for name in compose()["services"][service]["environment"]}


@pytest.mark.parametrize("service", OURS)
def test_every_variable_that_compose_sets_is_read(service: str) -> None:
    assert names(service) - set(environment.DECLARED) == set()


@pytest.mark.parametrize("service", OURS)
def test_every_variable_that_is_read_is_set_by_compose(service: str) -> None:
    assert set(environment.DECLARED) - NOT_IN_PRODUCTION - names(service) == set()


@pytest.mark.parametrize("service", OURS)
def test_secrets_come_from_files_that_compose_mounts(service: str) -> None:
    definition = compose()["services"][service]
    for name, value in definition["environment"].items():
        variable = environment.DECLARED[name.removesuffix("_FILE")]
        assert name.endswith("_FILE") == variable.secret, name
        if variable.secret:
            secret = value.removeprefix("/run/secrets/")
            assert secret in definition["secrets"]
            assert compose()["secrets"][secret]["file"] == f"deploy/secrets/{secret}"


def test_variables_of_the_image_are_declared() -> None:
    dockerfile = (settings.BASE_DIR / "Dockerfile").read_text()
    runtime = dockerfile.split("FROM")[2].split("RUN")[0]
    set_by_image = set(re.findall(r"\b([A-Z][A-Z_]+)=", runtime)) - {"PATH"}
    assert {name for name in set_by_image if not name.startswith("PYTHON")} <= set(environment.DECLARED)


def test_nothing_else_is_read_from_the_environment() -> None:
    """Settings read declared variables only, through the table."""
    for path in (settings.BASE_DIR / "credit_platform" / "settings").glob("*.py"):
        for name in re.findall(r"""(?:env\.\w+|read|read_required|environ\.get)\(\s*"([A-Z_]+)\"""", path.read_text()):
            assert name in environment.DECLARED or name == "PYTEST_XDIST_WORKER", f"{path.name}: {name}"


def test_every_variable_is_documented() -> None:
    text = (settings.BASE_DIR / "docs" / "settings.md").read_text()
    assert [name for name in environment.DECLARED if f"`{name}`" not in text] == []


def production(**values: str) -> subprocess.CompletedProcess[str]:
    base = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", "import credit_platform.settings.production"],
        cwd=settings.BASE_DIR, env=base | values, capture_output=True, text=True, check=False,
    )  # fmt: skip


REQUIRED = {
    "SECRET_KEY": "x" * 60,
    "PERSONAL_KEYS": "k1:x",
    "REPORT_KEYS": "r1:x",
    "ALLOWED_HOSTS": "credit.example.cn",
    "PUBLIC_URL": "https://credit.example.cn",
    "ATTACHMENTS_DIR": "attachments",
    "DATABASE_URL": "postgres://a@b/c",
    "REDIS_URL": "redis://a/0",
}


def test_production_starts_with_the_required_variables() -> None:
    assert set(REQUIRED) == {variable.name for variable in environment.VARIABLES if variable.required}
    assert production(**REQUIRED).returncode == 0


@pytest.mark.parametrize("name", REQUIRED)
def test_production_does_not_start_without(name: str) -> None:
    result = production(**{key: value for key, value in REQUIRED.items() if key != name})
    assert result.returncode != 0
    assert f"set {name}" in result.stderr


def test_a_secret_may_stand_in_a_file(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text("from the file")
    monkeypatch.delenv("METRICS_TOKEN", raising=False)
    monkeypatch.setenv("METRICS_TOKEN_FILE", str(tmp_path / "token"))
    assert environment.read("METRICS_TOKEN") == "from the file"


def test_a_missing_required_value_says_how_to_give_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY or SECRET_KEY_FILE"):
        environment.read_required("SECRET_KEY")


def test_celery_understands_both_kinds_of_redis_address() -> None:
    assert broker("redis://redis:6379/0") == "redis://redis:6379/0"
    assert broker("unix:///run/redis.sock?db=3") == "redis+socket:///run/redis.sock?virtual_host=3"


@pytest.mark.parametrize("password", ["alllowercase", "ONLY-UPPER-", "1234567890", "lower12345"])
def test_passwords_of_two_classes_are_refused(password: str) -> None:
    with pytest.raises(ValidationError, match="至少三类"):
        CharacterClassesValidator().validate(password)


@pytest.mark.parametrize("password", ["Lower12345", "lower-1234", "UPPER-1234"])
def test_passwords_of_three_classes_pass(password: str) -> None:
    assert CharacterClassesValidator().validate(password) is None


def test_every_kind_of_process_has_its_time_outs() -> None:
    made = {
        kind: stores.with_timeouts({"NAME": "x", "OPTIONS": {"sslmode": "require"}}, kind) for kind in stores.TIMEOUTS
    }
    assert made["web"]["OPTIONS"] == {
        "sslmode": "require",
        "options": "-c statement_timeout=15000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000",
    }
    assert "statement_timeout=900000" in made["worker"]["OPTIONS"]["options"]
    assert made["command"]["OPTIONS"] == {"sslmode": "require"}
    with pytest.raises(ImproperlyConfigured, match="PROCESS_KIND"):
        stores.with_timeouts({}, "other")


def test_the_database_takes_the_time_outs() -> None:
    default = settings.DATABASES["default"]
    flags = stores.with_timeouts({}, "web")["OPTIONS"]["options"]
    with closing(
        psycopg2.connect(
            dbname="postgres", user=default.get("USER") or None, password=default.get("PASSWORD") or None,
            host=default.get("HOST") or None, port=default.get("PORT") or None, options=flags,
        )
    ) as connection, connection.cursor() as cursor:  # fmt: skip
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("15s",)


@pytest.mark.parametrize(
    ("service", "kind"), [("web", "web"), ("worker", "worker"), ("beat", "worker"), ("migrate", "command")]
)
def test_compose_says_which_kind_of_process_each_service_is(service: str, kind: str) -> None:
    assert compose()["services"][service]["environment"]["PROCESS_KIND"] == kind
