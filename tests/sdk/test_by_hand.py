"""The by-hand example in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.ports import free_port
from tests.sdk.conftest import PASSWORD
from tests.sdk.python_apps import ask_the_api, example


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_port()
    process = example("by_hand", tmp_path_factory.mktemp("by_hand"), port)
    try:
        process.start()
        yield f"http://localhost:{port}"
    finally:
        process.stop()


async def _log_in(page: Page, url: str, password: str = PASSWORD) -> None:
    await page.goto(url)
    await page.get_by_label("User name").fill("ada")
    await page.get_by_label("Password").fill(password)
    await page.get_by_role("button", name="Log in").click()


async def _expect_protected_content(page: Page) -> None:
    await expect(page.get_by_text("Protected content for ada.")).to_be_visible()


async def _expect_login_form(page: Page) -> None:
    await expect(page.get_by_role("button", name="Log in")).to_be_visible()
    await expect(page.get_by_text("Protected content")).to_have_count(0)


async def test_a_stranger_is_sent_to_the_form_and_the_api_refuses_them(url: str, device: BrowserContext) -> None:
    page = await device.new_page()
    await page.goto(f"{url}/protected")
    await _expect_login_form(page)
    status, _ = await ask_the_api(page)
    assert status == 401


async def test_a_wrong_password_says_so_and_the_right_one_opens_page_and_api(url: str, device: BrowserContext) -> None:
    page = await device.new_page()
    await _log_in(page, url, "not the password")
    await expect(page.get_by_role("alert")).to_have_text("User name or password is wrong.")
    await page.goto(f"{url}/protected")
    await _expect_login_form(page)
    await _log_in(page, url)
    await _expect_protected_content(page)
    assert await ask_the_api(page) == (200, {"data": "Protected data", "user": "ada"})
    assert await page.evaluate("document.cookie") == ""


async def test_logging_out_ends_one_device_at_the_server_and_leaves_the_other(
    url: str, browser: Browser, device: BrowserContext
) -> None:
    page = await device.new_page()
    other = await (await browser.new_context()).new_page()
    await _log_in(page, url)
    await _log_in(other, url)
    await _expect_protected_content(page)
    await _expect_protected_content(other)
    token = next(each for each in await device.cookies() if each.get("name") == "session").get("value")
    await page.get_by_role("button", name="Log out").click()
    await _expect_login_form(page)
    stolen = httpx.get(f"{url}/api/protected", headers={"Authorization": f"Bearer {token}"}, timeout=60)
    assert stolen.status_code == 401
    await other.reload()
    await _expect_protected_content(other)


async def test_going_back_after_logging_out_shows_no_protected_content(url: str, device: BrowserContext) -> None:
    page = await device.new_page()
    await _log_in(page, url)
    await _expect_protected_content(page)
    await page.get_by_role("button", name="Log out").click()
    await _expect_login_form(page)
    await page.go_back()
    await _expect_login_form(page)


async def test_logging_out_in_one_tab_shows_in_the_other_at_its_next_page(url: str, device: BrowserContext) -> None:
    page, other = await device.new_page(), await device.new_page()
    await _log_in(page, url)
    await _expect_protected_content(page)
    await other.goto(f"{url}/protected")
    await _expect_protected_content(other)
    await page.get_by_role("button", name="Log out").click()
    await _expect_login_form(page)
    await other.goto(f"{url}/protected")
    await _expect_login_form(other)


async def test_somebody_signs_up_and_is_in_and_a_name_is_given_once(url: str, device: BrowserContext) -> None:
    page = await device.new_page()
    await page.goto(url)
    await page.get_by_role("link", name="Sign up").click()
    await page.get_by_label("User name").fill("ada")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_role("alert")).to_have_text("That user name is taken.")
    await page.get_by_label("User name").fill("grace")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    await expect(page.get_by_text("Protected content for grace.")).to_be_visible()


async def test_the_page_leaves_by_itself_when_the_time_is_over(tmp_path: Path, device: BrowserContext) -> None:
    port = free_port()
    process = example("by_hand", tmp_path, port, {"LIFE_SECONDS": "2"})
    process.start()
    try:
        page = await device.new_page()
        await _log_in(page, f"http://localhost:{port}")
        await expect(page).to_have_url(f"http://localhost:{port}/?over=1", timeout=20_000)
        await expect(page.get_by_role("alert")).to_have_text("Your session is over. Log in again.")
        await _expect_login_form(page)
    finally:
        process.stop()
