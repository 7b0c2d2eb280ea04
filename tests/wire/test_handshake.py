"""The handshake and the development browser."""

import json
from base64 import urlsafe_b64decode
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from sojourn.engine import Engine
from sojourn.secret import Secret
from sojourn.store.sql.connections import EngineDatabase
from sojourn.testing.clock import FakeClock
from sojourn.tokens.handshake import cookie_suffix

from .browsing import Browser
from .conftest import LIVE_APP
from .test_production import cookie_lines, signed_up

PAGE = "http://localhost:3000/page?x=1"


def payload(token: str) -> dict[str, object]:
    part = token.split(".")[1]
    return json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def directives_in(location: str) -> dict[str, str]:
    """The cookies that a handshake in an address tells the app to set: name to the whole line."""
    token = parse_qs(urlsplit(location).query)["__clerk_handshake"][0]
    lines = payload(token)["handshake"]
    assert isinstance(lines, list)
    return {line.partition("=")[0]: line for line in lines}


def value(line: str) -> str:
    return line.partition("=")[2].partition(";")[0]


async def test_a_stranger_gets_back_signed_out_with_a_development_browser(browser: Browser, engine: Engine) -> None:
    answer = await browser.send("GET", "/v1/client/handshake", redirect_url=PAGE, suffixed_cookies="true")
    assert answer.status_code == 307
    assert answer.headers["location"].startswith("http://localhost:3000/page?x=1&__clerk_handshake=")
    lines = directives_in(answer.headers["location"])
    suffix = cookie_suffix(engine.instance.publishable_key)
    assert value(lines["__session"]) == value(lines[f"__session_{suffix}"]) == ""
    assert value(lines["__client_uat"]) == value(lines[f"__client_uat_{suffix}"]) == "0"
    assert value(lines["__clerk_db_jwt"]) == value(lines[f"__clerk_db_jwt_{suffix}"]) != ""
    assert not any("Secure" in line for line in lines.values())


async def test_a_signed_in_browser_gets_back_with_a_token_not_older_than_its_sign_in(
    browser: Browser, engine: Engine
) -> None:
    session = (await browser.sign_up())["sessions"][0]
    answer = await browser.send("GET", "/v1/client/handshake", redirect_url=PAGE)
    lines = directives_in(answer.headers["location"])
    claims = payload(value(lines["__session"]))
    assert claims["sid"] == session["id"]
    assert claims["azp"] == "http://localhost:3000"
    assert claims["iss"] == engine.instance.public_url
    assert 0 < int(value(lines["__client_uat"])) <= int(str(claims["iat"]))
    assert all("=" not in value(line) for line in lines.values())


@pytest.mark.parametrize(
    ("named", "version"),
    [("2025-11-10", 2), ("2025-04-10", 2), ("2024-10-01", None), ("nonsense", None), ("", None)],
)
async def test_a_handshake_brings_the_claims_of_the_sdk_that_asks(
    browser: Browser, named: str, version: int | None
) -> None:  # R-VER-01
    await browser.sign_up()
    answer = await browser.send("GET", "/v1/client/handshake", redirect_url=PAGE, __clerk_api_version=named)
    claims = payload(value(directives_in(answer.headers["location"])["__session"]))
    assert (claims.get("v"), claims.get("sts")) == (version, "active" if version else None)


@pytest.mark.parametrize("named", ["2025-11-10", "2024-10-01"])
async def test_a_pending_session_is_called_so_in_every_handshake(
    browser: Browser, engine: Engine, named: str
) -> None:  # R-VER-01
    await browser.sign_up()
    await make_pending(engine)
    answer = await browser.send("GET", "/v1/client/handshake", redirect_url=PAGE, __clerk_api_version=named)
    assert payload(value(directives_in(answer.headers["location"])["__session"]))["sts"] == "pending"


async def make_pending(engine: Engine) -> None:
    """As a task that every session owes would."""
    database = cast("EngineDatabase", engine.store._database)  # type: ignore[attr-defined]
    assert await database.change(text("UPDATE sessions SET status = 'pending'")) == 1


@pytest.mark.parametrize("reason", ["session-token-iat-in-the-future", "session-token-nbf"])
async def test_a_developers_app_whose_clock_is_behind_gets_a_token_it_can_believe(
    browser: Browser, reason: str
) -> None:
    await browser.sign_up()
    answer = await browser.send("GET", "/v1/client/handshake", redirect_url=PAGE, __clerk_hs_reason=reason)
    lines = directives_in(answer.headers["location"])
    backdated = payload(value(lines["__session"]))
    usual = await browser.send("GET", "/v1/client/handshake", redirect_url=PAGE)
    claims = payload(value(directives_in(usual.headers["location"])["__session"]))
    assert int(str(claims["iat"])) - int(str(backdated["iat"])) == 600
    assert backdated["exp"] == claims["exp"]  # it lives no longer for that
    assert int(value(lines["__client_uat"])) <= int(str(backdated["iat"]))


async def test_in_production_no_clock_makes_tokens_older(live: Engine, live_browser: Browser, clock: FakeClock) -> None:
    await signed_up(live, live_browser)
    asked: dict[str, Any] = {"redirect_url": f"{LIVE_APP}/page", "__clerk_hs_reason": "session-token-iat-in-the-future"}
    await live_browser.send("GET", "/v1/client/handshake", **asked)
    lines = payload(value(cookie_lines(live_browser)["__clerk_handshake"]))["handshake"]
    assert isinstance(lines, list)
    token = next(value(line) for line in lines if line.startswith("__session="))
    assert payload(token)["iat"] == clock.now().seconds


async def test_an_unknown_development_browser_is_replaced_not_refused(browser: Browser) -> None:
    answer = await browser.send(
        "GET", "/v1/client/handshake", redirect_url=PAGE, __clerk_db_jwt="dvb_of_another_server"
    )
    assert value(directives_in(answer.headers["location"])["__clerk_db_jwt"]) != "dvb_of_another_server"


async def test_doubled_and_foreign_cookies_do_not_keep_the_right_one_from_being_found(
    browser: Browser,
) -> None:  # R-ID-06
    session = (await browser.sign_up())["sessions"][0]
    secret = browser.http.cookies["__client"]
    browser.http.cookies.clear()
    answer = await browser.send(
        "GET", "/v1/client/handshake", redirect_url=PAGE, headers={"Cookie": f"__client=clt_other; __client={secret}"}
    )
    claims = payload(value(directives_in(answer.headers["location"])["__session"]))
    assert claims["sid"] == session["id"]


@pytest.mark.parametrize(
    "page", ["https://evil.example/", "javascript:alert(1)", "", "http://localhost:3000@evil.example/"]
)
async def test_nobody_is_sent_to_a_foreign_page(browser: Browser, page: str) -> None:  # R-WEB-05
    answer = await browser.send("GET", "/v1/client/handshake", redirect_url=page)
    assert answer.status_code == 400
    assert "location" not in answer.headers


async def test_in_production_the_result_travels_in_a_shared_cookie(live: Engine, live_browser: Browser) -> None:
    await signed_up(live, live_browser)
    answer = await live_browser.send("GET", "/v1/client/handshake", redirect_url=f"{LIVE_APP}/page")
    assert answer.headers["location"] == f"{LIVE_APP}/page"
    line = cookie_lines(live_browser)["__clerk_handshake"]
    assert "Domain=example.com" in line
    assert "HttpOnly" in line
    assert len(line) < 4096
    lines = payload(value(line))["handshake"]
    assert isinstance(lines, list)
    assert any(each.startswith("__clerk_handshake=;") and "Max-Age=0" in each for each in lines)
    assert any(each.startswith("__client_uat=") and "Domain=example.com" in each for each in lines)
    assert not any(each.startswith("__clerk_db_jwt") for each in lines)


async def test_a_nonce_is_picked_up_once_and_not_after_a_minute(
    live: Engine, live_browser: Browser, clock: FakeClock
) -> None:  # R-ID-05
    await signed_up(live, live_browser)

    async def nonce() -> bytes:
        await live_browser.send("GET", "/v1/client/handshake", redirect_url=f"{LIVE_APP}/page", format="nonce")
        return Secret(value(cookie_lines(live_browser)["__clerk_handshake_nonce"])).stored_form()

    first = await nonce()
    assert await live.store.tickets.take_nonce(live.instance.id, first, clock.now())
    assert await live.store.tickets.take_nonce(live.instance.id, first, clock.now()) is None
    late = await nonce()
    clock.advance(seconds=61)
    assert await live.store.tickets.take_nonce(live.instance.id, late, clock.now()) is None


async def test_a_development_browser_stands_for_the_cookie(browser: Browser) -> None:
    made = await browser.post("/v1/dev_browser")
    assert made["id"] == made["token"]
    token = made["id"]
    form = {"email_address": "ada+clerk_test@example.com", "password": "correct horse battery staple"}
    begun = (await browser.post("/v1/client/sign_ups", form, __clerk_db_jwt=token))["response"]
    where = f"/v1/client/sign_ups/{begun['id']}"
    token = browser.last.headers["clerk-db-jwt"]  # as SDKs take it from every answer
    assert token != made["id"]
    for path, fields in (("prepare_verification", {}), ("attempt_verification", {"code": "424242"})):
        browser.http.cookies.clear()
        done = await browser.post(f"{where}/{path}", {"strategy": "email_code", **fields}, __dev_session=token)
    replaced = browser.last.headers["clerk-db-jwt"]
    assert replaced == browser.last.headers["clerk-cookie"] == browser.http.cookies["__clerk_db_jwt"] != token
    browser.http.cookies.clear()
    client = (await browser.get("/v1/client", __clerk_db_jwt=replaced))["client"]
    assert [each["id"] for each in client["sessions"]] == [done["response"]["created_session_id"]]


async def test_an_unknown_development_browser_is_told_to_get_a_new_one(browser: Browser) -> None:
    refused = await browser.refused("GET", "/v1/client", __clerk_db_jwt="dvb_unknown")
    assert refused == (401, "dev_browser_unauthenticated")
    assert (await browser.post("/v1/dev_browser", __clerk_db_jwt="dvb_unknown"))["id"]


async def test_a_native_app_gets_its_secret_in_a_header(browser: Browser) -> None:
    browser.http.headers = {"Host": "localhost:8000", "X-Mobile": "1"}  # type: ignore[assignment]
    form = {"email_address": "ada+clerk_test@example.com", "password": "correct horse battery staple"}
    begun = (await browser.post("/v1/client/sign_ups", form, _is_native="1"))["response"]
    secret = browser.last.headers["authorization"]
    assert "set-cookie" not in browser.last.headers
    where = f"/v1/client/sign_ups/{begun['id']}"
    for path, fields in (("prepare_verification", {}), ("attempt_verification", {"code": "424242"})):
        await browser.send(
            "POST",
            f"{where}/{path}",
            {"strategy": "email_code", **fields},
            headers={"Authorization": secret},
            _is_native="1",
        )
    rotated = browser.last.headers["authorization"]
    assert rotated != secret
    read = await browser.send("GET", "/v1/client", headers={"Authorization": f"Bearer {rotated}"}, _is_native="1")
    assert len(read.json()["client"]["sessions"]) == 1
