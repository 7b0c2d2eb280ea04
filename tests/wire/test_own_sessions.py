"""Sessions over the wire: devices are listed, sessions end, secrets rotate."""

from collections.abc import Callable

import pytest

from sojourn.engine import Engine
from sojourn.testing.clock import FakeClock

from .browsing import ADA, Browser


async def test_devices_are_listed_and_ended_from_another(
    browser: Browser, open_browser: Callable[..., Browser]
) -> None:  # R-SES-04, R-SES-06
    await browser.sign_up()
    second = open_browser(address="203.0.113.99")
    lost = (await second.sign_in())["sessions"][0]["id"]
    devices = await browser.http.get("/v1/me/sessions/active")
    listed = {each["id"]: each["latest_activity"] for each in devices.json()}
    assert listed[lost]["browser_name"] == "Chrome"
    assert listed[lost]["ip_address"] == "203.0.113.99"
    assert all(each["country"] for each in listed.values())  # published components show it in brackets
    revoked = await browser.post(f"/v1/me/sessions/{lost}/revoke", {})
    assert revoked["response"]["status"] == "revoked"
    assert revoked["response"]["latest_activity"] == listed[lost]  # published components redraw the row from it
    assert await second.refused("POST", f"/v1/client/sessions/{lost}/tokens", {}) == (401, "session_not_found")
    assert (await second.get("/v1/client"))["client"]["sessions"] == []


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("127.0.0.1", "this computer"),
        ("::1", "this computer"),
        ("10.0.0.5", "local network"),
        ("8.8.8.8", "unknown place"),
    ],
)
async def test_a_device_stands_with_the_place_that_its_address_tells(
    open_browser: Callable[..., Browser], address: str, place: str
) -> None:
    browser = open_browser(address=address)
    await browser.sign_up()
    (only,) = (await browser.http.get("/v1/me/sessions/active")).json()
    assert (only["latest_activity"]["ip_address"], only["latest_activity"]["country"]) == (address, place)


async def test_ended_sessions_are_listed_beside_the_live_one_and_nobody_elses_are(  # R-SES-04, R-AUZ-02
    browser: Browser, open_browser: Callable[..., Browser], clock: FakeClock
) -> None:
    await open_browser().sign_up("eve+clerk_test@example.com")
    first = (await browser.sign_up())["last_active_session_id"]
    await browser.post(f"/v1/client/sessions/{first}/end")
    clock.advance(seconds=1)
    second = (await browser.sign_in())["last_active_session_id"]
    clock.advance(seconds=1)
    third = (await open_browser().sign_in())["last_active_session_id"]
    listed = await browser.get("/v1/me/sessions")
    assert [(each["id"], each["status"]) for each in listed] == [
        (third, "active"),
        (second, "active"),
        (first, "ended"),
    ]
    assert all(each["public_user_data"]["identifier"] == ADA for each in listed)
    assert all(each["last_active_token"] is None for each in listed)
    await browser.delete("/v1/client/sessions")
    assert await browser.refused("GET", "/v1/me/sessions") == (401, "signed_out")


async def test_a_session_that_another_took_the_place_of_has_ended(  # R-SES-03
    browser: Browser, engine: Engine, clock: FakeClock
) -> None:
    await engine.instances.update_settings(engine.instance, {"sessions": {"single_session_mode": False}})
    replaced = (await browser.sign_up())["last_active_session_id"]
    clock.advance(seconds=1)
    user = (await browser.get("/v1/me"))["response"]["id"]
    _, secret = await engine.tickets.create_sign_in_token(engine.instance, user)
    await browser.post("/v1/client/sign_ins", {"strategy": "ticket", "ticket": secret.reveal()})
    statuses = {each["id"]: each["status"] for each in await browser.get("/v1/me/sessions")}
    assert statuses[replaced] == "ended"
    assert len(statuses) == 2


async def test_a_session_ends_when_idle_and_when_its_life_is_over(
    browser: Browser, engine: Engine, clock: FakeClock
) -> None:  # R-SES-01
    await engine.instances.update_settings(
        engine.instance, {"sessions": {"inactivity_seconds": 600, "lifetime_seconds": 1500}}
    )
    clock.advance(seconds=2)
    session = (await browser.sign_up())["sessions"][0]["id"]
    tokens = f"/v1/client/sessions/{session}/tokens"
    for _ in range(2):
        clock.advance(seconds=500)
        await browser.post(tokens, {})
    clock.advance(seconds=501)
    assert await browser.refused("POST", tokens, {}) == (401, "session_not_found")
    again = (await browser.sign_in())["sessions"][0]["id"]
    clock.advance(seconds=601)
    assert await browser.refused("POST", f"/v1/client/sessions/{again}/tokens", {}) == (401, "session_not_found")
    assert (await browser.get("/v1/client"))["client"]["sessions"] == []


async def test_a_new_secret_comes_with_every_sign_in_and_sign_out(
    browser: Browser, clock: FakeClock
) -> None:  # R-FLOW-01
    await browser.post("/v1/client", {})
    first = browser.http.cookies["__client"]
    session = (await browser.sign_up())["sessions"][0]["id"]
    second = browser.http.cookies["__client"]
    assert second != first
    clock.advance(seconds=11)
    browser.http.cookies.clear()
    stale = await browser.http.get("/v1/client", headers={"Cookie": f"__client={first}"})
    assert stale.json()["client"] is None
    browser.http.cookies.set("__client", second, domain="localhost.local")
    await browser.delete("/v1/client/sessions")
    assert browser.http.cookies["__client"] != second
    replayed = await browser.http.post(
        f"/v1/client/sessions/{session}/tokens", headers={"Cookie": f"__client={second}"}
    )
    assert replayed.status_code == 401


async def test_several_accounts_live_in_one_browser_when_allowed(
    browser: Browser, engine: Engine, clock: FakeClock
) -> None:
    await engine.instances.update_settings(engine.instance, {"sessions": {"single_session_mode": False}})
    clock.advance(seconds=2)
    ada = (await browser.sign_up())["sessions"][0]["id"]
    client = await browser.sign_up("eve+clerk_test@example.com")
    assert len(client["sessions"]) == 2
    eve = client["last_active_session_id"]
    mine = await browser.get("/v1/me", _clerk_session_id=ada)
    assert mine["response"]["email_addresses"][0]["email_address"] == ADA
    removed = await browser.post(f"/v1/client/sessions/{eve}/remove", {})
    assert [each["id"] for each in removed["client"]["sessions"]] == [ada]
    again = await browser.refused("POST", "/v1/client/sign_ins", {"identifier": ADA})
    assert again == (400, "identifier_already_signed_in")
    assert browser.last.json()["errors"][0]["meta"]["session_id"] == ada


async def test_another_browsers_session_cannot_be_used(
    browser: Browser, open_browser: Callable[..., Browser]
) -> None:  # R-SES-11
    mine = (await browser.sign_up())["sessions"][0]["id"]
    other = open_browser()
    await other.sign_up("eve+clerk_test@example.com")
    for path in ("touch", "tokens", "end", "remove", "tokens/any"):
        assert await other.refused("POST", f"/v1/client/sessions/{mine}/{path}", {}) == (401, "session_not_found")
    assert await other.refused("GET", "/v1/me", _clerk_session_id=mine) == (401, "session_not_found")
    assert (await browser.get("/v1/client"))["client"]["sessions"][0]["id"] == mine


async def test_the_oldest_sdk_signs_out_by_deleting_its_client(browser: Browser) -> None:
    await browser.sign_up()
    gone = await browser.delete("/v1/client")
    assert gone["response"]["sessions"] == []
    assert "__client" not in browser.http.cookies
    assert await browser.get("/v1/client") == {"response": None, "client": None}


async def test_a_tab_that_was_on_its_way_survives_the_rotation_for_ten_seconds(
    browser: Browser, engine: Engine, clock: FakeClock
) -> None:  # R-SES-08
    await engine.instances.update_settings(engine.instance, {"sessions": {"single_session_mode": False}})
    clock.advance(seconds=2)
    first = (await browser.sign_up())["sessions"][0]["id"]
    old = {"Cookie": f"__client={browser.http.cookies['__client']}"}
    await browser.sign_up("eve+clerk_test@example.com")
    tokens = f"/v1/client/sessions/{first}/tokens"
    browser.http.cookies.clear()
    clock.advance(seconds=9)
    assert (await browser.http.post(tokens, headers=old)).status_code == 200
    assert "set-cookie" not in (await browser.http.get("/v1/client", headers=old)).headers
    clock.advance(seconds=2)
    assert (await browser.http.post(tokens, headers=old)).status_code == 401
    assert (await browser.http.get("/v1/client", headers=old)).json()["client"] is None


async def test_a_banned_person_is_out_at_once(browser: Browser, engine: Engine) -> None:  # R-SES-07
    client = await browser.sign_up()
    session, user = client["sessions"][0]["id"], client["sessions"][0]["user"]["id"]
    await engine.accounts.ban(engine.instance, user)
    status, _ = await browser.refused("POST", f"/v1/client/sessions/{session}/tokens", {})
    assert status == 401
    assert (await browser.get("/v1/client"))["client"]["sessions"] == []


async def test_session_ids_that_are_no_ids_are_refused_like_unknown_ones(browser: Browser) -> None:  # R-INP-07
    await browser.sign_up()
    for odd in ("'%20OR%201=1--", "sess_" + "a" * 500, "sess_%F0%9F%92%A9"):
        for path in ("tokens", "touch", "end"):
            status, _ = await browser.refused("POST", f"/v1/client/sessions/{odd}/{path}", {})
            assert status in (401, 404)
