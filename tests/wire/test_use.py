"""What counts as using a session, as far as its inactivity timeout is concerned."""

import pytest

from sojourn.engine import Engine
from sojourn.testing.clock import FakeClock

from .browsing import APP, Browser

_TIMEOUT_SECONDS = 600


@pytest.fixture
async def short_inactivity(engine: Engine, clock: FakeClock) -> None:
    await engine.instances.update_settings(
        engine.instance, {"sessions": {"inactivity_seconds": _TIMEOUT_SECONDS, "single_session_mode": False}}
    )
    clock.advance(seconds=2)


async def test_loading_pages_keeps_a_session_though_nothing_else_is_asked_for(  # R-SES-01
    browser: Browser, clock: FakeClock, short_inactivity: None
) -> None:
    session = (await browser.sign_up())["sessions"][0]["id"]
    for _ in range(3):
        clock.advance(seconds=_TIMEOUT_SECONDS - 100)
        client = (await browser.get("/v1/client"))["client"]
        assert [each["id"] for each in client["sessions"]] == [session]
    clock.advance(seconds=_TIMEOUT_SECONDS)
    assert (await browser.get("/v1/client"))["client"]["sessions"] == []


async def test_handshakes_of_an_apps_server_keep_a_session(  # R-SES-01
    browser: Browser, clock: FakeClock, short_inactivity: None
) -> None:
    session = (await browser.sign_up())["sessions"][0]["id"]
    for _ in range(3):
        clock.advance(seconds=_TIMEOUT_SECONDS - 100)
        answer = await browser.send("GET", "/v1/client/handshake", redirect_url=f"{APP}/protected")
        assert answer.status_code == 307
    client = (await browser.get("/v1/client"))["client"]
    assert [each["id"] for each in client["sessions"]] == [session]


async def test_an_account_beside_the_one_in_use_times_out(  # R-SES-01
    browser: Browser, clock: FakeClock, short_inactivity: None
) -> None:
    await browser.sign_up()
    used = (await browser.sign_up("eve+clerk_test@example.com"))["last_active_session_id"]
    for _ in range(2):
        clock.advance(seconds=_TIMEOUT_SECONDS - 100)
        await browser.get("/v1/client")
    client = (await browser.get("/v1/client"))["client"]
    assert [each["id"] for each in client["sessions"]] == [used]
