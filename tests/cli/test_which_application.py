"""The application that a command works on: the one its server made, whatever the command was told besides."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.ids import instance_id
from sojourn.instances.instance import Environment
from sojourn.messages.mailbox import Mailbox
from sojourn.secret import Secret
from sojourn.server.development import development_config
from tests.ports import free_port
from tests.sdk.processes import server

from .running import call

ADDRESS = "https://auth.example.com"
COMMANDS = (
    ["users", "list", "--json"], ["settings", "show", "--json"], ["keys", "list"], ["keys", "secrets", "--json"],
    ["sessions", "list", "--json"], ["doctor", "--json"],
)  # fmt: skip


def _applications(database: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(database)) as opened:
        return opened.execute("SELECT environment, public_url FROM instances").fetchall()


def _first_start(config: Config) -> None:
    async def start() -> None:
        engine = await Engine.open(config, mailer=Mailbox())
        await engine.close()

    asyncio.run(start())


@pytest.fixture
def production(tmp_path: Path) -> dict[str, Any]:
    """The variables of a production server that has started once, exactly as the guide sets them: none says which environment."""
    variables = {
        "SOJOURN_PUBLIC_URL": ADDRESS, "SOJOURN_ROOT_KEYS": Secret.random().reveal(), "SOJOURN_SMTP_HOST": "127.0.0.1",
        "SOJOURN_DATABASE_URL": f"sqlite:///{tmp_path}/production.db",
    }  # fmt: skip
    _first_start(Config.load({"environment": "production"}, variables))
    return variables


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_command_with_the_servers_variables_works_on_the_servers_application(
    words: list[str], production: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = call(*words, **production)
    assert done.returncode == 0, done.stderr
    assert _applications(tmp_path / "production.db") == [("production", ADDRESS)]
    assert [each.name for each in tmp_path.iterdir() if "production.db" not in each.name] == []


def test_what_an_operator_sets_is_what_the_server_reads(production: dict[str, Any], tmp_path: Path) -> None:
    assert call("settings", "set", "application_name=Ferry", **production).returncode == 0
    told = call("doctor", "--json", **production).stdout
    findings = json.loads(told)["findings"]
    assert (findings["application"], findings["environment"], findings["address"]) == ("Ferry", "production", ADDRESS)
    for name, line in (("express", f"CLERK_API_URL={ADDRESS}"), ("fastapi", f"SOJOURN_URL={ADDRESS}")):
        printed = call("env", name, **production)
        assert line in printed.stdout and "pk_live_" in printed.stdout and "sk_" not in printed.stdout


def test_a_command_does_not_move_an_application_to_another_address(production: dict[str, Any], tmp_path: Path) -> None:
    elsewhere = {**production, "SOJOURN_PUBLIC_URL": "https://new.example.com"}
    assert call("users", "list", **elsewhere).returncode == 0
    assert _applications(tmp_path / "production.db") == [("production", ADDRESS)]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_makes_an_application_unasked(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    nowhere = call(*words)
    assert nowhere.returncode == 1
    assert "sojourn dev" in nowhere.stderr + nowhere.stdout
    assert list(tmp_path.iterdir()) == []
    database = tmp_path / "empty.db"
    empty = call(*words, SOJOURN_DATABASE_URL=f"sqlite:///{database}")
    assert empty.returncode == 1
    assert "no application yet" in empty.stderr + empty.stdout
    assert _applications(database) == []


def test_of_several_applications_the_environment_says_which(production: dict[str, Any], tmp_path: Path) -> None:
    _add_development(production)
    refused = call("users", "list", **production)
    assert refused.returncode == 1 and refused.stderr.count("\n") == 1
    assert "SOJOURN_ENVIRONMENT" in refused.stderr and ADDRESS in refused.stderr
    assert call("users", "list", **production, SOJOURN_ENVIRONMENT="production").returncode == 0


def _add_development(production: dict[str, Any]) -> None:
    """A second application in one database, as commands of 0.1.0 made it."""
    from sojourn.store.opening import open_store

    async def add() -> None:
        store = open_store(production["SOJOURN_DATABASE_URL"])
        (made,) = await store.instances.all()
        second = replace(made, id=instance_id(), environment=Environment.DEVELOPMENT, publishable_key="pk_test_x")
        await store.instances.create(replace(second, public_url="http://localhost:8000"))
        await store.close()

    asyncio.run(add())


def test_serve_and_dev_keep_out_of_each_others_databases(production: dict[str, Any], tmp_path: Path) -> None:
    refused = call("dev", "--port", "0", data=tmp_path, SOJOURN_DATABASE_URL=production["SOJOURN_DATABASE_URL"])
    assert refused.returncode == 1 and "a database of its own" in refused.stderr
    folder = tmp_path / "dev"
    _first_start(development_config(Config.load({"data": folder}))[0])
    refused = call("serve", "--port", "0", "--database-url", f"sqlite:///{folder}/sojourn.db", **production)
    assert refused.returncode == 1 and "a database of its own" in refused.stderr
    assert _applications(folder / "sojourn.db") == [("development", "http://localhost:8000")]


def test_serve_is_for_production_and_dev_for_development(tmp_path: Path) -> None:
    for command, environment in (("serve", "development"), ("dev", "production")):
        refused = call(command, SOJOURN_ENVIRONMENT=environment)
        assert refused.returncode == 1 and refused.stderr.count("\n") == 1
        assert "SOJOURN_ENVIRONMENT" in refused.stderr


def test_the_port_of_a_development_server_is_known_to_the_other_commands(tmp_path: Path) -> None:
    port = free_port()
    running = server(port, tmp_path)
    running.start()
    running.stop()
    assert f"SOJOURN_URL=http://localhost:{port}" in call("env", "python", data=tmp_path).stdout
    assert f"http://localhost:{port}" in call("doctor", "--json", data=tmp_path).stdout
    assert "SOJOURN_URL=http://localhost:8123" in call("env", "python", "--port", "8123", data=tmp_path).stdout
