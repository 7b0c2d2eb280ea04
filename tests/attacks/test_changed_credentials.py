"""A copy of a browser's secret from before a change of credentials: it finishes minting, and changes nothing (CWE-384, CWE-620)."""

from typing import Literal

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.ids import SessionId
from sojourn.testing.clock import FakeClock

from ..people import set_up
from ..wire.browsing import ADA, PASSWORD, TEST_CODE
from .test_session_fixation import CODE, WAYS, Tab, Way, http, opened

__all__ = ["http"]

FURTHER = "further+clerk_test@example.com"
NEW_PASSWORD = {"current_password": PASSWORD, "new_password": "violet umbrella at the ferry"}

Change = Literal["new password", "no password", "address proven", "address removed"]
CHANGES: list[Change] = ["new password", "no password", "address proven", "address removed"]


async def changes_how_they_sign_in(victim: Tab, change: Change) -> Tab:
    """The user changes it; a copy of the browser from just before."""
    before = victim.copy()
    match change:
        case "new password":
            done = await victim.send("POST", "/v1/me/change_password", NEW_PASSWORD)
        case "no password":
            done = await victim.send("POST", "/v1/me/remove_password", {"current_password": PASSWORD})
        case "address proven" | "address removed":
            added = await victim.send("POST", "/v1/me/email_addresses", {"email_address": FURTHER})
            where = f"/v1/me/email_addresses/{added.json()['response']['id']}"
            await victim.send("POST", f"{where}/prepare_verification", CODE)
            before = victim.copy()
            done = await victim.send("POST", f"{where}/attempt_verification", {"code": TEST_CODE})
            if change == "address removed":
                before = victim.copy()
                done = await victim.send("DELETE", where)
    assert done.status_code == 200, done.text
    return before


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("change", CHANGES)
async def test_a_secret_copied_before_a_change_of_credentials_changes_nothing_after_it(  # R-FLOW-01, R-SES-08, R-PWD-11
    http: httpx.AsyncClient, engine: Engine, clock: FakeClock, way: Way, change: Change
) -> None:
    await set_up(engine, {"sign_up": {"password": "optional"}})
    victim = await opened(http, way)
    session = await victim.sign_in(ADA)
    refresh = engine.refreshing.secret(await engine.sessions.get(engine.instance, SessionId(session)))
    attacker = await changes_how_they_sign_in(victim, change)
    assert victim.secret != attacker.secret
    tokens = f"/v1/client/sessions/{session}/tokens"
    assert (await attacker.copy().send("POST", tokens)).status_code == 200  # a tab that was on its way
    for method, path, form, status in (
        ("GET", "/v1/client", {"_again": "1"}, 409),
        ("GET", "/v1/me", {"_again": "1"}, 401),
        ("POST", "/v1/me/email_addresses", {"email_address": "mine@attacker.example"}, 401),
        ("POST", f"/v1/client/sessions/{session}/touch", {}, 409),
    ):
        query = form if method == "GET" else {}
        assert (await attacker.copy().send(method, path, None if query else form, **query)).status_code == status
    now_is = await engine.sessions.get(engine.instance, SessionId(session))
    assert not engine.refreshing.secret(now_is).same_as(refresh)
    assert (await victim.send("POST", tokens)).status_code == 200
    assert (await victim.send("GET", "/v1/me")).status_code == 200
    clock.advance(seconds=11)
    assert (await attacker.copy().send("POST", tokens)).status_code == 401
    assert (await victim.send("POST", tokens)).status_code == 200


@pytest.mark.parametrize("way", WAYS)
async def test_of_two_who_change_a_password_with_one_secret_one_does(  # R-FLOW-01, R-LIM-06
    http: httpx.AsyncClient, way: Way
) -> None:
    victim = await opened(http, way)
    await victim.sign_in(ADA)
    other = victim.copy()
    first = await victim.send("POST", "/v1/me/change_password", NEW_PASSWORD)
    second = await other.send("POST", "/v1/me/change_password", NEW_PASSWORD)
    assert (first.status_code, second.status_code) == (200, 401)
    assert other.secret != victim.secret
