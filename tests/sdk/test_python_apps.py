"""The FastAPI example in a real browser, with Sojourn inside and with a server beside it."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.sdk.conftest import PASSWORD
from tests.sdk.people import sign_out_here
from tests.sdk.python_apps import (
    PythonApp,
    Visit,
    ask_the_api,
    embedded,
    expect_page_of,
    expect_sign_in_page,
    expect_signed_in,
    forget_the_token,
    give_password,
    remote,
    sign_up,
)


@pytest.fixture(scope="module", params=[embedded, remote], ids=["inside", "beside"])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PythonApp]:
    with request.param(tmp_path_factory.mktemp("app")) as started:
        yield started


async def test_a_stranger_is_sent_to_sign_in_and_comes_back_signed_up_with_a_code(
    app: PythonApp, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    visit = Visit.of(page, app)
    await page.goto(f"{app.url}/protected")
    await expect_sign_in_page(page)
    assert visit.redirects == [f"{app.url}/protected"]
    await sign_up(page, app, address)
    await expect_signed_in(await device.new_page(), app, address)


async def test_the_api_answers_401_to_a_strangers_script_and_200_to_somebody_signed_in(  # R-JWT-11
    app: PythonApp, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await page.goto(app.url)
    status, body = await ask_the_api(page)
    assert status == 401
    assert "errors" in body
    await sign_up(page, app, address)
    status, body = await ask_the_api(page)
    assert status == 200
    assert str(body["user_id"]).startswith("user_")


async def test_a_wrong_password_says_so_and_a_second_device_comes_back_signed_in(
    app: PythonApp, browser: Browser, device: BrowserContext, address: str
) -> None:
    await sign_up(await device.new_page(), app, address)
    other = await (await browser.new_context()).new_page()
    await give_password(other, app, address, "not the password at all")
    await expect(other.get_by_text("Password is incorrect").first).to_be_visible()
    await other.locator("input[name=password]:not([aria-hidden=true])").fill(PASSWORD)
    await other.locator(".cl-formButtonPrimary").click()
    await expect_page_of(other, app, address)


async def test_signing_out_in_one_tab_signs_out_the_other_at_its_next_page(
    app: PythonApp, device: BrowserContext, address: str
) -> None:
    page, other = await device.new_page(), await device.new_page()
    await sign_up(page, app, address)
    await expect_signed_in(other, app, address)
    await page.bring_to_front()
    await sign_out_here(page)
    await page.wait_for_url(f"{app.url}/")
    await expect(page.locator(".cl-userButtonTrigger")).to_have_count(0)
    await other.goto(f"{app.url}/protected")
    await expect_sign_in_page(other)


async def test_going_back_after_signing_out_shows_nobodys_page(  # R-CKI-07
    app: PythonApp, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await sign_up(page, app, address)
    await sign_out_here(page)
    await page.wait_for_url(f"{app.url}/")
    await page.go_back()
    await expect_sign_in_page(page)


async def test_a_lost_token_is_replaced_with_two_redirects_of_the_app(
    app: PythonApp, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await sign_up(page, app, address)
    await page.goto("about:blank")
    await forget_the_token(page)
    visit = Visit.of(page, app)
    await expect_signed_in(page, app, address)
    assert len(visit.redirects) == 2


async def test_a_restart_of_the_server_signs_nobody_out(app: PythonApp, device: BrowserContext, address: str) -> None:
    page = await device.new_page()
    await sign_up(page, app, address)
    await page.goto("about:blank")
    await asyncio.to_thread(app.server.restart)
    await expect_signed_in(page, app, address)
    if app.app is not app.server:
        await asyncio.to_thread(app.app.restart)
        await expect_signed_in(page, app, address)


async def test_somebody_who_comes_back_after_the_tokens_life_is_still_signed_in(
    app: PythonApp, device: BrowserContext, address: str, short_tokens: int
) -> None:
    page = await device.new_page()
    await sign_up(page, app, address)
    await page.goto("about:blank")
    await asyncio.sleep(short_tokens + 6)  # the skew that verifiers allow is 5 seconds
    visit = Visit.of(page, app)
    await expect_signed_in(page, app, address)
    assert len(visit.redirects) == 2
    assert "__clerk_handshake" not in page.url


async def test_a_page_left_open_past_the_tokens_life_stays_signed_in(
    app: PythonApp, device: BrowserContext, address: str, short_tokens: int
) -> None:
    page = await device.new_page()
    await sign_up(page, app, address)
    await asyncio.sleep(short_tokens + 6)
    status, _ = await ask_the_api(page)
    assert status == 200


async def test_a_revoked_device_is_out_within_65_seconds(  # R-SES-06
    app: PythonApp, device: BrowserContext, address: str, short_tokens: int
) -> None:
    page = await device.new_page()
    await sign_up(page, app, address)
    _, body = await ask_the_api(page)
    app.revoke(str(body["session_id"]))
    await _until_signed_out(page, app, 65)
    await expect_sign_in_page(page)


@pytest_asyncio.fixture(loop_scope="session")
async def short_tokens(app: PythonApp) -> AsyncIterator[int]:
    seconds = 10
    app.settings(f"sessions.token_seconds={seconds}")
    await asyncio.sleep(1.1)  # a running server follows its settings within a second
    yield seconds
    app.settings("sessions.token_seconds=60")


async def _until_signed_out(page: Page, app: PythonApp, seconds: int) -> None:
    for _ in range(seconds):
        await page.goto(f"{app.url}/protected")
        if "/sign-in" in page.url:
            return
        await asyncio.sleep(1)
    raise AssertionError(f"still signed in after {seconds} s")
