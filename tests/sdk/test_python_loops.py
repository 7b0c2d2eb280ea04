"""Whatever is wrong between browser, app and server: at most two redirects by the app, then a page that is right, and why."""

import asyncio
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from sojourn.tokens.handshake import cookie_suffix
from tests.sdk.people import fill_sign_up, type_code
from tests.sdk.python_apps import (
    PythonApp,
    Visit,
    embedded,
    expect_page_of,
    expect_sign_in_page,
    expect_signed_in,
    forget_the_token,
    keys,
    remote,
    sign_up,
)


async def _sign_up_at_the_server(page: Page, app: PythonApp, address: str) -> None:
    """Without a look at the app."""
    await page.goto(f"{app.server_url}/sign-up")
    await fill_sign_up(page, address)
    await type_code(page)
    await expect(page.locator(".cl-userProfile-root")).to_be_visible()
    await page.goto("about:blank")


async def _expect_told_why(page: Page, visit: Visit) -> None:
    await expect(page.get_by_text("You could not be signed in here")).to_be_visible()
    assert visit.answers[-1].status == 401
    assert "-redirects" in visit.reason


@pytest.mark.parametrize("seconds", [60, -60])
async def test_a_clock_a_minute_off_that_app_and_server_share_is_nobodys_trouble(
    tmp_path: Path, device: BrowserContext, address: str, seconds: int
) -> None:
    with embedded(tmp_path, clock_seconds=seconds) as app:
        page = await device.new_page()
        await sign_up(page, app, address)
        visit = Visit.of(page, app)
        await expect_signed_in(page, app, address)
        assert len(visit.redirects) <= 2
        await page.goto("about:blank")
        await forget_the_token(page)
        await expect_signed_in(page, app, address)


async def test_an_app_whose_clock_is_a_minute_ahead_lets_people_in(
    tmp_path: Path, device: BrowserContext, address: str
) -> None:
    with remote(tmp_path, clock_seconds=60) as app:
        page = await device.new_page()
        await _sign_up_at_the_server(page, app, address)
        await asyncio.sleep(6)  # past the skew that the app allows: to it the token has expired
        visit = Visit.of(page, app)
        await expect_signed_in(page, app, address)
        assert len(visit.redirects) == 2
        assert visit.answers[-1].status == 200


async def test_an_app_whose_clock_is_a_minute_behind_says_so_after_two_redirects(
    tmp_path: Path, device: BrowserContext, address: str
) -> None:
    with remote(tmp_path, clock_seconds=-60) as app:
        page = await device.new_page()
        await _sign_up_at_the_server(page, app, address)
        visit = Visit.of(page, app)
        await page.goto(f"{app.url}/protected")
        await _expect_told_why(page, visit)
        assert len(visit.redirects) == 2
        assert "token-not-active-yet" in visit.reason
        assert "handshake.refused reason=token-not-active-yet" in app.app.log.read_text()


async def test_a_server_with_other_keys_makes_people_sign_in_anew_and_then_knows_them(
    tmp_path: Path, device: BrowserContext, address: str
) -> None:
    with remote(tmp_path) as app:
        page = await device.new_page()
        await sign_up(page, app, address)
        await page.goto("about:blank")
        app.server.stop()
        shutil.rmtree(app.data)
        app.data.mkdir()
        await asyncio.to_thread(app.server.start)
        visit = Visit.of(page, app)
        await page.goto(f"{app.url}/protected")
        # the old token is good until it expires: only the server could say that it has forgotten everybody
        await forget_the_token(page)
        visit.answers.clear()
        await page.goto(f"{app.url}/protected")
        assert len(visit.redirects) <= 2
        await _expect_told_why(page, visit)  # the app may fetch keys once a minute
        app.app.env = keys(app.data, int(app.server_url.rpartition(":")[2]))
        await asyncio.to_thread(app.app.restart)
        visit.answers.clear()
        await page.goto(f"{app.url}/protected")
        await expect_sign_in_page(page)
        assert len(visit.redirects) <= 3
        await sign_up(page, app, address)


@pytest.mark.parametrize("start", [embedded, remote], ids=["inside", "beside"])
async def test_cookies_of_other_applications_on_the_host_are_nobodys_trouble(  # R-CKI-05
    tmp_path: Path, browser: Browser, device: BrowserContext, address: str, start: type
) -> None:
    other_suffix = cookie_suffix("pk_test_b3RoZXIuZXhhbXBsZSQ")
    stale = [
        {"name": name, "value": value, "domain": "localhost", "path": path}
        for path in ("/", "/protected")
        for name, value in (
            ("__session", "stale.token.ofanother"),
            ("__client_uat", "1700000000"),
            (f"__session_{other_suffix}", "stale.token.ofanother"),
            (f"__client_uat_{other_suffix}", "1700000000"),
            ("__clerk_db_jwt", "dvb_ofanother"),
        )
    ]
    with start(tmp_path) as app:
        await device.add_cookies(stale)  # pyright: ignore[reportArgumentType]
        page = await device.new_page()
        visit = Visit.of(page, app)
        await page.goto(f"{app.url}/protected")
        await expect_sign_in_page(page)
        assert len(visit.redirects) <= 2
        await sign_up(page, app, address)
        await device.add_cookies(stale)  # pyright: ignore[reportArgumentType]
        visit.answers.clear()
        await page.goto(f"{app.url}/protected")
        await expect_page_of(page, app, address)
        assert len(visit.redirects) <= 2


@pytest.mark.parametrize("start", [embedded, remote], ids=["inside", "beside"])
async def test_a_token_that_only_another_applications_cookie_holds_signs_nobody_in(
    tmp_path: Path, device: BrowserContext, address: str, start: type
) -> None:
    with start(tmp_path / "one") as one, start(tmp_path / "two") as two:
        page = await device.new_page()
        await sign_up(page, one, address)
        visit = Visit.of(page, two)
        await page.goto(f"{two.url}/protected")
        await expect_sign_in_page(page)
        assert len(visit.redirects) <= 2
        await sign_up(page, two, address)
        visit.answers.clear()
        for app in (one, two, one):
            await expect_signed_in(page, app, address)
