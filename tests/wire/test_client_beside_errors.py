"""What SDKs take from a refusal: the client in `meta`, as another tab has left it (wire protocol section 4.2)."""

from collections.abc import Callable
from typing import Any

import pytest

from sojourn.engine import Engine
from sojourn.testing.clock import FakeClock

from ..people import person, set_up
from .browsing import ADA, PASSWORD, Browser

BOB = "bob+clerk_test@example.com"


@pytest.fixture
async def tab(engine: Engine, browser: Browser) -> Browser:
    await person(engine, ADA)
    await person(engine, BOB)
    await browser.send("POST", "/v1/client")
    return browser


@pytest.fixture
def late(open_browser: Callable[..., Browser], tab: Browser) -> Browser:
    """A second tab on the sign-in page of the same browser."""
    opened = open_browser()
    opened.http = tab.http
    return opened


async def refused(tab: Browser, method: str, path: str, form: dict[str, str] | None = None, **query: Any) -> Any:
    """The client beside the refusal; None without one."""
    answer = await tab.send(method, path, form, **query)
    assert answer.status_code >= 400
    return answer.json().get("meta", {"client": None})["client"]


@pytest.mark.parametrize("single", [True, False])
async def test_a_second_tab_on_the_sign_in_page_can_take_over_the_session_of_the_first(
    engine: Engine, tab: Browser, late: Browser, single: bool
) -> None:
    await set_up(engine, {"sessions": {"single_session_mode": single}})
    session = (await tab.sign_in())["sessions"][0]["id"]
    client = await refused(late, "POST", "/v1/client/sign_ins", {"identifier": ADA})
    error = late.last.json()["errors"][0]
    if single:
        assert error["code"] == "session_exists"
        assert client["last_active_session_id"] == session
    else:
        assert error["code"] == "identifier_already_signed_in"
        assert error["meta"]["session_id"] == session
    assert [each["id"] for each in client["sessions"]] == [session]
    assert client["sessions"][0]["last_active_token"]["jwt"]
    assert client["sessions"][0]["user"] == (await tab.get("/v1/client"))["client"]["sessions"][0]["user"]


async def test_every_refused_write_of_a_known_browser_carries_its_client(tab: Browser, late: Browser) -> None:
    session = (await tab.sign_in())["sessions"][0]["id"]
    for method, path, form, status in (
        (
            "POST",
            "/v1/client/sign_ins/sia_unknown/attempt_first_factor",
            {"strategy": "password", "password": "x"},
            404,
        ),
        ("POST", "/v1/client/sign_ins/sia_unknown/prepare_first_factor", {}, 422),
        ("POST", "/v1/client/sign_ups", {"email_address": BOB}, 400),
        ("POST", f"/v1/client/sessions/{session}/tokens/none", None, 404),
        ("POST", "/v1/me/email_addresses", {"email_address": "no address"}, 422),
        ("POST", "/v1/me/change_password", {"current_password": "wrong", "new_password": "violet umbrella"}, 422),
        ("PATCH", "/v1/me", {"username": "x", "role": "admin"}, 422),
    ):
        client = await refused(late, method, path, form)
        assert late.last.status_code == status, late.last.text
        assert [each["id"] for each in client["sessions"]] == [session]


async def test_an_attempt_that_goes_on_is_still_there_beside_the_refusal(tab: Browser) -> None:
    begun = (await tab.post("/v1/client/sign_ins", {"identifier": ADA}))["response"]
    where = f"/v1/client/sign_ins/{begun['id']}/attempt_first_factor"
    client = await refused(tab, "POST", where, {"strategy": "password", "password": "wrong"})
    assert client["sign_in"]["id"] == begun["id"]
    assert client["sessions"] == []


async def test_nothing_is_beside_a_read_a_401_or_a_wait(engine: Engine, tab: Browser) -> None:
    await tab.sign_in()
    assert await refused(tab, "GET", "/v1/client/sign_ins/sia_unknown") is None
    assert await refused(tab, "POST", "/v1/client/sessions/sess_unknown/touch", {}) is None
    assert tab.last.status_code == 401
    await set_up(engine, {"protection": {"rate_limits": {"create_sign_in": [1, 60]}}})
    await tab.send("POST", "/v1/client/sign_ins", {"identifier": BOB})
    assert await refused(tab, "POST", "/v1/client/sign_ins", {"identifier": BOB}) is None
    assert tab.last.status_code == 429


async def test_a_stranger_gets_no_client_with_a_refusal(open_browser: Callable[..., Browser], tab: Browser) -> None:
    assert await refused(open_browser(), "POST", "/v1/client/sign_ins", {"identifier": "nobody@example.com"}) is None


async def test_a_secret_of_before_gets_no_client_with_a_refusal(  # R-SES-08
    open_browser: Callable[..., Browser], tab: Browser, clock: FakeClock
) -> None:
    old = open_browser()
    old.http.cookies.update(tab.http.cookies)
    await tab.sign_in()
    for path, form in (
        ("/v1/client/sign_ins", {"identifier": ADA}),
        ("/v1/client/sign_ins", {"identifier": ADA, "role": "admin"}),
        ("/v1/client/sign_ups/sua_unknown/prepare_verification", {}),
        ("/v1/me/email_addresses", {}),
    ):
        assert await refused(old, "POST", path, form) is None
    clock.advance(seconds=11)
    assert await refused(old, "POST", "/v1/client/sign_ins", {"identifier": "nobody@example.com"}) is None


async def test_the_other_ways_to_show_a_client_get_it_too(browser: Browser, engine: Engine) -> None:
    await person(engine, ADA)
    form = {"strategy": "password", "identifier": ADA, "password": PASSWORD}
    token = (await browser.post("/v1/dev_browser"))["id"]
    await browser.post("/v1/client/sign_ins", form, __clerk_db_jwt=token)
    replaced = browser.last.headers["clerk-db-jwt"]
    browser.http.cookies.clear()
    assert (await refused(browser, "POST", "/v1/client/sign_ins", form, __clerk_db_jwt=replaced))["sessions"]
    assert await refused(browser, "POST", "/v1/client/sign_ins", form, __clerk_db_jwt=token) is None
