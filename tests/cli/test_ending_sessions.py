"""Sessions on the command line: found by any fact, and ended together after a count."""

import asyncio
import json
from pathlib import Path

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.server.development import development_config
from sojourn.users.new_user import NewUser

from .running import call, run


def _two_people(data: Path) -> list[str]:
    """A server's data with two people of one session each; the ids of the sessions."""

    async def made() -> list[str]:
        config, _ = development_config(Config(data=data))
        engine = await Engine.open(config)
        ids: list[str] = []
        for name in ("ada", "ben"):
            person = NewUser(email_addresses=[f"{name}@example.com"], skip_password_requirement=True)
            user = await engine.accounts.create(engine.instance, person)
            ids.append((await engine.sessions.create_for(engine.instance, user)).id)
        await engine.close()
        return ids

    return asyncio.run(made())


def _listed(data: Path, *words: str) -> list[str]:
    listed = call("sessions", "list", "--json", *words, data=data)
    assert listed.returncode == 0, listed.stderr
    return [session["id"] for session in json.loads(listed.stdout)]


def test_sessions_are_found_by_their_facts_and_ended_together(tmp_path: Path) -> None:
    ada, ben = _two_people(tmp_path)
    assert set(_listed(tmp_path)) == {ada, ben}
    assert _listed(tmp_path, "--user", "ada@example.com", "--strategy", "backend_api") == [ada]
    assert _listed(tmp_path, "--country", "de") == _listed(tmp_path, "--cause", "revoked") == []
    counted = call("sessions", "end", "--user", "ben@example.com", "--dry-run", data=tmp_path)
    assert counted.stdout.startswith("1 session would end. Apps accept the last of their tokens until ")
    declined = run("sessions", "end", "--user", "ben@example.com", data=tmp_path, stdin="n\n")
    assert declined.returncode == 1
    assert set(_listed(tmp_path, "--status", "active")) == {ada, ben}
    ended = call("sessions", "end", "--user", "ben@example.com", "--yes", data=tmp_path)
    assert ended.stdout.startswith("1 session ended (batch sbat_")
    assert _listed(tmp_path, "--cause", "revoked") == _listed(tmp_path, "--status", "revoked") == [ben]
    assert _listed(tmp_path, "--status", "active") == [ada]


def test_a_command_that_would_end_everything_by_omission_is_refused(tmp_path: Path) -> None:
    for words in ([], ["--dry-run"], ["--yes"]):
        refused = call("sessions", "end", *words, data=tmp_path)
        assert refused.returncode == 1
        assert "give at least one option" in refused.stderr
    contradiction = call("sessions", "list", "--cause", "revoked", "--status", "active", data=tmp_path)
    assert contradiction.returncode == 1
    assert "--cause is of ended sessions" in contradiction.stderr
