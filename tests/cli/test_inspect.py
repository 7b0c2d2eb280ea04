"""`sojourn inspect` and `sojourn events`: why somebody is signed in or out, and who did what."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sojourn.cli.runtime import configured
from sojourn.engine import Engine
from sojourn.events.event import Event
from sojourn.instant import Instant, SystemClock
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.opening import open_store
from sojourn.testing.clock import FakeClock
from sojourn.users.user import User

from ..people import ADA, PASSWORD, person
from .running import call, run


def signed_in(data: Path, *, ago: timedelta = timedelta(0)) -> tuple[User, Session, str]:
    """Somebody with a session and a token that were made `ago`."""

    async def made() -> tuple[User, Session, str]:
        clock = FakeClock(SystemClock().now().before(ago))
        engine = await Engine.open(await configured(data, None).found(), clock=clock)
        try:
            user = await person(engine)
            session = await engine.sessions.create_for(engine.instance, user)
            return user, session, await engine.tokens.for_session(engine.instance, session, user, origin=None)
        finally:
            await engine.close()

    return asyncio.run(made())


def inspected(data: Path, what: str) -> tuple[int, dict[str, Any]]:
    told = call("inspect", what, "--json", data=data)
    return told.returncode, json.loads(told.stdout)


def claim(told: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [each for each in told["token"]["claims"] if each["name"] == name]
    return found


def test_a_good_token_is_told_with_its_claims_its_session_and_its_user(tmp_path: Path) -> None:
    user, session, token = signed_in(tmp_path)
    status, told = inspected(tmp_path, token)
    assert (status, told["state"], told["token"]["bytes"], told["problems"]) == (0, "signed_in", len(token), [])
    assert (claim(told, "sub")["value"], claim(told, "sid")["value"]) == (user.id, session.id)
    assert (told["session"]["status"], told["user"]["status"]) == ("active", "active")
    shown = run("inspect", token, data=tmp_path).stdout
    assert shown.startswith("The user is signed in. The session is live.") and "sid" in shown and session.id in shown
    assert (
        f"{session.created_at.datetime():%Y-%m-%d %H:%M:%S}  A server began the session with the Backend API, without a browser."
        in shown
    )
    assert "+00:00" not in shown  # times are as in tables


def test_an_expired_token_still_shows_what_it_says_and_how_its_session_stands(tmp_path: Path) -> None:
    user, _, token = signed_in(tmp_path, ago=timedelta(hours=2))
    status, told = inspected(tmp_path, token)
    assert (status, told["state"], told["problems"][0]["cause"]) == (1, "signed_out", "token_expired")
    assert told["headline"].startswith("The token expired on ") and told["headline"].endswith(
        "The session itself is live."
    )
    assert claim(told, "sub")["value"] == user.id and claim(told, "exp")["at"] == claim(told, "exp")["value"] * 1000
    assert (told["session"]["status"], told["user"]["status"]) == ("active", "active")


def test_a_session_that_time_has_ended_is_told_with_the_time_it_ended(tmp_path: Path) -> None:  # R-SES-01
    _, session, token = signed_in(tmp_path, ago=timedelta(days=2))
    status, told = inspected(tmp_path, token)
    assert (status, told["session"]["status"], told["session"]["ended_by"]) == (1, "abandoned", None)
    assert told["session"]["ended_at"] == session.abandon_at.millis
    assert told["headline"].endswith("It was inactive for 1 day.")


def test_a_revoked_session_is_told_with_who_ended_it_and_when(tmp_path: Path) -> None:  # R-LOG-01
    _, session, token = signed_in(tmp_path)
    assert call("sessions", "revoke", session.id, data=tmp_path).returncode == 0
    for what in (token, session.id):
        status, told = inspected(tmp_path, what)
        assert (status, told["session"]["status"], told["session"]["ended_by"]) == (1, "revoked", "operator")
        assert (told["session"]["end_cause"], told["session"]["told"]) == (
            "revoked", "The command line revoked the session.",
        )  # fmt: skip
        assert told["session"]["ended_at"] >= told["session"]["created_at"]


def test_a_banned_user_is_told_as_the_cause_of_the_end(tmp_path: Path) -> None:
    user, session, token = signed_in(tmp_path)
    assert call("users", "ban", user.id, data=tmp_path).returncode == 0
    status, told = inspected(tmp_path, token)
    assert (status, told["user"]["status"]) == (1, "banned")
    assert "banned" in told["session"]["told"] and told["user"]["told"].startswith(
        "The command line banned the user on "
    )
    assert inspected(tmp_path, user.id)[0] == 1
    assert inspected(tmp_path, session.id)[1]["session"]["status"] == "revoked"


@pytest.mark.parametrize(
    "what",
    ["not.a.token", "sess_unknown", "user_unknown", "a.b.c", "x", "e30.e30.e30", "..", "a." + "W1" * 50_000 + ".c"],
)
def test_what_nobody_knows_is_told_and_ends_with_status_one(tmp_path: Path, what: str) -> None:
    signed_in(tmp_path)
    status, told = inspected(tmp_path, what)
    assert status == 1 and told


def test_a_token_of_somebody_else_is_read_without_being_believed(tmp_path: Path) -> None:
    _, _, token = signed_in(tmp_path)
    other = tmp_path / "other"
    signed_in(other)
    status, told = inspected(other, token)
    assert (status, told["state"], told["problems"][0]["cause"]) == (1, "signed_out", "key_unknown")
    assert told["session"] is None and told["token"]["is_genuine"] is False
    assert claim(told, "sid")["value"].startswith("sess_")


def test_what_a_token_holds_cannot_speak_to_the_terminal(tmp_path: Path) -> None:
    signed_in(tmp_path)
    forged = "e30." + _encoded({"sid": "sess_\x1b[2J", "\x1b]0;x": "y"}) + ".e30"
    assert "\x1b" not in call("inspect", forged, data=tmp_path).stdout


def _encoded(claims: dict[str, str]) -> str:
    from sojourn.tokens.jws import encoded

    return encoded(json.dumps(claims).encode())


def test_the_audit_log_is_read_by_kind_user_session_and_time(tmp_path: Path) -> None:  # R-LOG-01
    user, session, _ = signed_in(tmp_path)
    assert run("sessions", "revoke", session.id, data=tmp_path).returncode == 0

    def kinds(*words: str) -> list[str]:
        return [each["kind"] for each in json.loads(call("events", "--json", *words, data=tmp_path).stdout)]

    assert kinds("--user", user.id) == ["session.revoked", "session.created", "user.created"]
    assert kinds("--session", session.id) == ["session.revoked", "session.created"]
    assert kinds("--kind", "session.revoked") == ["session.revoked"]
    assert kinds("--kind", "session.*", "--kind", "user.") == ["session.revoked", "session.created", "user.created"]
    assert kinds("--since", "1h", "--limit", "1") == ["session.revoked"]
    assert kinds("--since", "2999-01-01") == []
    printed = run("events", "--session", session.id, data=tmp_path).stdout.splitlines()
    assert printed[0].split("\t") == ["at", "kind", "what happened"] and "The command line revoked" in printed[1]
    assert run("events", "--check", data=tmp_path).stdout == "The audit log is intact.\n"


def _log_of_doctor(data: Path) -> str:
    return json.loads(call("doctor", "--json", data=data).stdout)["findings"]["audit log"]


def test_the_check_says_what_it_does_not_cover_yet_and_what_was_changed(tmp_path: Path) -> None:  # R-LOG-01
    user, _, _ = signed_in(tmp_path)
    url = f"sqlite:///{tmp_path}/sojourn.db"

    async def record() -> None:
        store = open_store(url)  # as a server that is killed before it has chained
        await store.events.record(
            Event(user.instance_id, "user.banned", Instant(1_770_000_000_000), "operator", user.id)
        )
        await store.close()

    asyncio.run(record())
    checked = run("events", "--check", data=tmp_path)
    waits = "1 entry is not chained yet, the oldest from 2026-02-02 02:40:00 UTC"
    assert (checked.returncode, checked.stdout) == (0, f"The audit log is intact.\nNot covered: {waits}.\n")
    asyncio.run(record())
    assert _log_of_doctor(tmp_path) == waits
    assert _log_of_doctor(tmp_path) == "every entry is chained"
    assert call("events", "--check", data=tmp_path).stdout == "The audit log is intact.\n"
    with closing(sqlite3.connect(tmp_path / "sojourn.db")) as database, database:
        assert database.execute("DELETE FROM events WHERE kind = 'session.created'").rowcount == 1
    refused = call("events", "--check", data=tmp_path)
    assert (refused.returncode, refused.stdout.startswith("The audit log was changed")) == (1, True)


@pytest.mark.parametrize(
    "words", [("--kind", "sesion.revoked"), ("--since", "soon"), ("--kind", "."), ("--limit", "0")]
)
def test_a_filter_that_names_nothing_is_refused_with_those_there_are(tmp_path: Path, words: tuple[str, str]) -> None:
    signed_in(tmp_path)
    refused = call("events", *words, data=tmp_path)
    assert refused.returncode != 0 and refused.stdout == "" and refused.stderr.count("\n") == 1


def test_no_secret_is_in_what_is_told(tmp_path: Path) -> None:  # R-LOG-02
    _, session, token = signed_in(tmp_path)
    shown = call("inspect", session.id, "--json", data=tmp_path).stdout + call("events", "--json", data=tmp_path).stdout
    assert (
        token not in shown and "secret" not in shown.replace("secret_key", "") and Secret.random().reveal() not in shown
    )


def in_a_browser(data: Path) -> tuple[User, Session, str, str]:
    """Somebody who signed in: the session, the cookie of the browser, and the one of before."""

    async def made() -> tuple[User, Session, str, str]:
        engine = await Engine.open(await configured(data, None).found())
        try:
            user = await person(engine)
            caller = Caller(engine.instance, None, Device())
            sign_in, issued = await engine.sign_ins.create(caller, SignInInput(identifier=ADA, password=PASSWORD))
            assert sign_in.created_session_id is not None and issued.secret is not None
            session = await engine.sessions.get(engine.instance, sign_in.created_session_id)
            async with engine.store.transaction() as tx:
                newer = await engine.sessions.renew(tx, issued.client, session)
            assert newer.secret is not None
            return user, session, newer.secret.reveal(), issued.secret.reveal()
        finally:
            await engine.close()

    return asyncio.run(made())


def test_a_client_cookie_is_told_with_its_browser_and_its_sessions(tmp_path: Path) -> None:  # R-SES-08
    user, session, cookie, earlier = in_a_browser(tmp_path)
    status, told = inspected(tmp_path, cookie)
    assert (status, told["subject"], told["facts"][0]["text"]) == (0, "client_cookie", session.client_id)
    assert [(each["id"], each["user_id"], each["is_live"]) for each in told["sessions"]] == [
        (session.id, user.id, True)
    ]
    status, told = inspected(tmp_path, earlier)
    assert (status, told["problems"][0]["cause"], told["facts"][0]["text"]) == (
        1, "client_cookie_replaced", session.client_id,
    )  # fmt: skip
    assert call("sessions", "revoke", session.id, data=tmp_path).returncode == 0
    assert inspected(tmp_path, cookie)[1]["headline"] == (
        "The browser is signed out. The command line revoked the session."
    )


@pytest.mark.parametrize("guessed", ["clt_", "clt_x.y", "clt_client_unknown.y", "clt_\x00.\x00"])
def test_a_cookie_that_nobody_was_given_is_told_as_unknown(tmp_path: Path, guessed: str) -> None:
    in_a_browser(tmp_path)
    status, told = inspected(tmp_path, guessed)
    assert (status, told["problems"][0]["cause"], told["facts"]) == (1, "client_cookie_unknown", [])


def test_a_secret_can_be_given_where_the_shell_does_not_record_it(tmp_path: Path) -> None:  # R-ID-04
    _, _, cookie, _ = in_a_browser(tmp_path)
    told = run("inspect", "-", "--json", data=tmp_path, stdin=f"Cookie: __client={cookie}\n")
    assert json.loads(told.stdout)["state"] == "signed_in"
    assert cookie not in told.stdout + told.stderr


def test_a_reason_of_a_denial_is_told_with_what_to_do(tmp_path: Path) -> None:
    in_a_browser(tmp_path)
    status, told = inspected(tmp_path, "token-iat-in-the-future")
    assert (status, told["problems"][0]["cause"]) == (0, "clock_off") and "NTP" in told["problems"][0]["advice"]
    assert "3 redirects" in inspected(tmp_path, "session-token-missing-after-3-redirects")[1]["headline"]
