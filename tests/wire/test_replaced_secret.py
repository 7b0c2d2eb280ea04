"""Requests that were on their way when the client's secret was replaced: nobody is signed out by them (R-SES-08)."""

import asyncio
from collections.abc import Callable

import httpx
import pytest
from structlog.testing import capture_logs

from sojourn.engine import Engine
from sojourn.ids import SessionId
from sojourn.testing.clock import FakeClock

from ..people import person, set_up
from .browsing import ADA, PASSWORD, Browser
from .test_handshake import PAGE, directives_in, payload, value

BOB = "bob+clerk_test@example.com"
ROUNDS = 40


@pytest.fixture
async def tab(engine: Engine, browser: Browser) -> Browser:
    """Ada is signed in; others can be beside her."""
    await set_up(engine, {"sessions": {"single_session_mode": False}})
    await person(engine, ADA)
    await person(engine, BOB)
    await browser.sign_in()
    return browser


@pytest.fixture
def late(open_browser: Callable[..., Browser], tab: Browser) -> Browser:
    """Another tab of the same browser, with the cookie as it is now."""
    opened = open_browser()
    opened.http.cookies.update(tab.http.cookies)
    return opened


def sessions_in(answer: httpx.Response) -> list[str]:
    return [each["id"] for each in answer.json()["client"]["sessions"]]


async def test_a_read_is_sent_for_once_more_and_then_finds_the_new_cookie(tab: Browser, late: Browser) -> None:
    await tab.sign_in(BOB)
    sent = await late.send("GET", "/v1/client", debug="a&b=1 %")
    assert sent.status_code == 307
    assert sent.headers["access-control-allow-origin"] == "http://localhost:3000"
    assert sent.headers["cache-control"] == "no-store"
    assert "set-cookie" not in sent.headers
    late.http.cookies.update(tab.http.cookies)
    again = await late.http.send(sent.next_request or sent.request)
    assert again.request.url.path == "/v1/client"
    assert again.request.url.params["debug"] == "a&b=1 %"


async def test_behind_the_sdks_own_proxy_the_browser_is_sent_to_the_same_address_there(
    tab: Browser, late: Browser
) -> None:
    await tab.sign_in(BOB)
    proxied = {"Clerk-Proxy-Url": "http://localhost:3000/__clerk"}
    sent = await late.send("GET", "/v1/client", headers=proxied)
    # it reads the location against this server's address, and puts the path and query below its own
    assert sent.headers["location"] == "/v1/client?__clerk_api_version=2026-05-12&_again=1"


async def test_asking_again_with_the_old_secret_says_nothing(tab: Browser, late: Browser) -> None:
    await tab.sign_in(BOB)
    for path in ("/v1/client", "/v1/client/handshake"):
        answer = await late.send("GET", path, redirect_url=PAGE, _again="1")
        assert answer.status_code == 409
        assert answer.json().keys() == {"errors", "clerk_trace_id"}
        assert "set-cookie" not in answer.headers
        assert "location" not in answer.headers


async def test_a_handshake_on_its_way_signs_no_tab_out(tab: Browser, late: Browser) -> None:
    session = (await tab.get("/v1/client"))["client"]["sessions"][0]["id"]
    await tab.sign_in(BOB)
    sent = await late.send("GET", "/v1/client/handshake", redirect_url=PAGE)
    assert sent.status_code == 307
    assert sent.headers["location"].startswith("?")
    assert "__clerk_handshake" not in sent.headers["location"]
    stuck = await late.send("GET", "/v1/client/handshake", redirect_url=PAGE, _again="1")
    assert (stuck.status_code, stuck.headers["refresh"]) == (409, "2")
    late.http.cookies.update(tab.http.cookies)
    done = await late.send("GET", "/v1/client/handshake", redirect_url=PAGE, _again="1")
    lines = directives_in(done.headers["location"])
    assert payload(value(lines["__session"]))["sid"] != session
    assert "_again" not in done.headers["location"]


async def test_a_browser_that_never_got_the_answer_is_signed_out_only_when_the_grace_is_over(
    tab: Browser, engine: Engine, clock: FakeClock
) -> None:
    first = (await tab.get("/v1/client"))["client"]["sessions"][0]["id"]
    kept = dict(tab.http.cookies)
    await tab.sign_in(BOB)
    tab.http.cookies.clear()
    tab.http.cookies.update(kept)  # the answer was lost
    tokens = f"/v1/client/sessions/{first}/tokens"
    for _ in range(3):
        assert (await tab.send("POST", tokens)).status_code == 200
        assert (await tab.send("GET", "/v1/client")).status_code == 307
        assert await tab.refused("POST", "/v1/client/sign_ins", {"identifier": BOB}) == (409, "secret_replaced")
        clock.advance(seconds=3)
    clock.advance(seconds=2)
    with capture_logs() as logs:
        assert await tab.get("/v1/client") == {"response": None, "client": None}
        assert await tab.refused("POST", tokens) == (401, "session_not_found")
    assert [each["event"] for each in logs if "reuse" in each["event"]] == ["session_secret_reuse"] * 2
    assert kept["__client"] not in str(logs)
    assert (await engine.sessions.get(engine.instance, SessionId(first))).is_live(clock.now())
    client = await tab.sign_in(BOB)
    assert len(client["sessions"]) == 1


async def test_a_request_that_several_changes_have_overtaken_is_not_signed_out_either(
    tab: Browser, late: Browser, clock: FakeClock
) -> None:
    session = (await tab.sign_in(BOB))["last_active_session_id"]
    await tab.post(f"/v1/client/sessions/{session}/remove")
    await tab.sign_in(BOB)
    for path in ("/v1/client", "/v1/client/handshake"):
        assert (await late.send("GET", path, redirect_url=PAGE)).status_code == 307
        assert (await late.send("GET", path, redirect_url=PAGE, _again="1")).status_code == 409
    assert await late.refused("POST", f"/v1/client/sessions/{session}/tokens") == (401, "session_not_found")
    assert await late.refused("DELETE", "/v1/client/sessions") == (409, "secret_replaced")
    clock.advance(seconds=11)
    with capture_logs() as logs:
        assert (await late.get("/v1/client"))["client"] is None
    assert "session_secret_reuse" in [each["event"] for each in logs]


async def test_a_tab_that_signs_in_beside_a_faster_one_begins_nothing(
    tab: Browser, late: Browser, engine: Engine
) -> None:  # R-FLOW-01
    begun = (await late.post("/v1/client/sign_ins", {"identifier": BOB}))["response"]
    await tab.sign_in(BOB)
    form = {"strategy": "password", "password": PASSWORD}
    where = f"/v1/client/sign_ins/{begun['id']}/attempt_first_factor"
    assert await late.refused("POST", where, form) == (409, "secret_replaced")
    assert len((await tab.get("/v1/client"))["client"]["sessions"]) == 2


async def test_choosing_among_sessions_keeps_the_secret(tab: Browser) -> None:  # R-FLOW-01
    first = (await tab.get("/v1/client"))["client"]["sessions"][0]["id"]
    await tab.sign_in(BOB)
    secret = tab.http.cookies["__client"]
    await tab.post(f"/v1/client/sessions/{first}/touch", {"intent": "select_session"})
    assert tab.http.cookies["__client"] == secret
    assert (await tab.get("/v1/client"))["client"]["last_active_session_id"] == first


async def test_tabs_that_race_leak_nothing_and_sign_nobody_out(  # R-SES-08, R-FLOW-01
    tab: Browser, open_browser: Callable[..., Browser], clock: FakeClock
) -> None:
    first = (await tab.get("/v1/client"))["client"]["sessions"][0]["id"]
    attacker = open_browser()
    opened: set[str] = set()

    async def reads() -> None:
        for _ in range(4):
            answer = await tab.http.get("/v1/client", follow_redirects=True)
            assert answer.status_code in (200, 409)
            assert answer.status_code == 409 or first in sessions_in(answer)

    async def mints() -> None:
        for _ in range(4):
            assert (await tab.http.post(f"/v1/client/sessions/{first}/tokens")).status_code == 200

    async def spies() -> None:
        for _ in range(4):
            answer = await attacker.send("GET", "/v1/client", _again="1")
            assert answer.status_code == 409 or not answer.json()["client"] or sessions_in(answer) == [first]

    async def signs_in_and_out() -> None:
        session = (await tab.sign_in(BOB))["last_active_session_id"]
        opened.add(session)
        minted = await attacker.send("POST", f"/v1/client/sessions/{session}/tokens")
        assert minted.status_code == 401
        await tab.post(f"/v1/client/sessions/{session}/remove")

    for _ in range(ROUNDS):
        attacker.http.cookies.clear()
        attacker.http.cookies.update(tab.http.cookies)
        await asyncio.gather(signs_in_and_out(), reads(), mints(), spies())
        clock.advance(seconds=4)  # nobody may try a password twenty times a minute
    assert len(opened) == ROUNDS
    assert sessions_in(await tab.send("GET", "/v1/client")) == [first]
