"""The hosted pages and the demo app in a real browser, as a newcomer meets them after `make run`."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.async_api import BrowserContext, expect

from tests.sdk.people import fill_sign_up, sign_out_here, type_code
from tests.sdk.processes import free_port, server

PORT = free_port()
URL = f"http://localhost:{PORT}"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    process = server(PORT, tmp_path_factory.mktemp("hosted"))
    process.start()
    yield
    process.stop()


async def test_a_newcomer_signs_up_in_the_demo_with_the_code_from_the_mailbox(  # R-HDR-01
    running: None, device: BrowserContext
) -> None:
    page = await device.new_page()
    violations: list[str] = []
    page.on("console", lambda message: violations.append(message.text) if "Content Security" in message.text else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    await page.goto(URL)
    await expect(page).to_have_url(f"{URL}/demo")
    await page.get_by_role("link", name="the protected page").click()
    await expect(page.locator("input[name=identifier]")).to_be_visible()
    await page.get_by_role("link", name="Sign up").click()
    await fill_sign_up(page, "grace@example.com")
    assert [path for path in asked if path.startswith("/sign-up")] == ["/sign-up"]  # its steps load no page
    assert sum("/prepare_verification" in path for path in asked) == 1
    mail = await device.new_page()
    await mail.goto(f"{URL}/dev/mailbox")
    subject = await mail.locator("article h2").first.inner_text()
    await type_code(page, subject[:6])
    await expect(page.locator("#email, .cl-userProfile-root").first).to_be_visible()
    await page.goto(f"{URL}/demo/protected")
    await expect(page.locator("#email")).to_have_text("grace@example.com")
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    assert violations == []


async def test_the_demo_shows_the_session_and_a_second_tab_notices_its_end(running: None, device: BrowserContext) -> None:
    page = await device.new_page()
    await page.goto(f"{URL}/demo")
    await page.get_by_role("link", name="Sign up").click()
    await fill_sign_up(page, "hedy+clerk_test@example.com")
    await type_code(page)
    await expect(page).to_have_url(f"{URL}/demo/protected")
    await expect(page.locator("#email")).to_have_text("hedy+clerk_test@example.com")
    said = json.loads(await page.locator("pre").inner_text())
    assert said["sid"] in await page.locator("dl").inner_text()
    await expect(page.get_by_text("good for 60 seconds")).to_be_visible()
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()

    other = await device.new_page()
    await other.goto(f"{URL}/demo/protected")
    await sign_out_here(other)
    await expect(other).to_have_url(f"{URL}/demo")
    await expect(page).to_have_url(f"{URL}/demo")
    await expect(page.locator("#email")).to_have_count(0)


async def test_signing_out_asks_first_and_ends_the_session(running: None, device: BrowserContext) -> None:  # R-WEB-02
    page = await device.new_page()
    await page.goto(f"{URL}/sign-up")
    await fill_sign_up(page, "joan+clerk_test@example.com")
    await type_code(page)
    await expect(page.locator(".cl-userProfile-root")).to_be_visible()
    await page.goto(f"{URL}/sign-out")
    await expect(page.get_by_text("joan+clerk_test@example.com")).to_be_visible()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("input[name=identifier]")).to_be_visible()
    await page.goto(f"{URL}/demo/protected")
    await expect(page.locator("input[name=identifier]")).to_be_visible()
