"""Sign-in and sign-out in a browser with JavaScript switched off, by the demo app."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.ports import free_port
from tests.sdk.conftest import PASSWORD
from tests.sdk.processes import server, settings
from tests.sdk.python_apps import UNLIMITED

PORT = free_port()
URL = f"http://localhost:{PORT}"
ADA = "ada+clerk_test@example.com"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    data = tmp_path_factory.mktemp("plain")
    process = server(PORT, data)
    process.start()
    settings(data, UNLIMITED)
    with httpx.Client(base_url=URL, headers={"origin": URL, "sec-fetch-site": "same-origin"}, timeout=60) as client:
        begun = client.post("/v1/client/sign_ups", data={"email_address": ADA, "password": PASSWORD})
        where = f"/v1/client/sign_ups/{begun.json()['response']['id']}"
        client.post(f"{where}/prepare_verification", data={"strategy": "email_code"})
        client.post(f"{where}/attempt_verification", data={"strategy": "email_code", "code": "424242"})
    yield
    process.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, running: None) -> AsyncIterator[Page]:
    context = await browser.new_context(java_script_enabled=False)
    opened = await context.new_page()
    yield opened
    await context.close()


async def test_a_password_signs_in_and_out(page: Page) -> None:  # R-WEB-03
    await page.goto(f"{URL}/demo/protected")
    await page.locator("input[name=identifier]").fill(ADA)
    await page.locator("input[name=password]").fill("a wrong password indeed")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_contain_text("assword")
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").click()
    await expect(page).to_have_url(f"{URL}/demo/protected")
    await expect(page.locator("#email")).to_have_text(ADA)
    await page.goto(f"{URL}/sign-out")
    await page.get_by_role("button", name="Sign out").click()
    await page.goto(f"{URL}/demo/protected")
    await expect(page.locator("input[name=identifier]")).to_be_visible()


async def test_a_code_from_the_mail_signs_in(page: Page) -> None:
    await page.goto(f"{URL}/demo/protected")
    await page.locator("input[name=identifier]").fill(ADA)
    await page.get_by_role("button", name="E-mail me a code").click()
    await page.locator("input[name=code]").fill("000000")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.get_by_role("button", name="Send a new code").click()
    await expect(page.get_by_role("alert")).to_have_text("A code is on its way to you.")
    await page.locator("input[name=code]").fill("424242")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.locator("#email")).to_have_text(ADA)


async def test_somebody_signs_up_changes_their_name_and_signs_out(page: Page) -> None:  # R-WEB-03
    await page.goto(f"{URL}/sign-in")
    await page.get_by_role("link", name="Sign up").click()
    await page.get_by_label("E-mail address").fill("grace+clerk_test@example.com")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign up").click()
    await page.get_by_label("Code").fill("424242")
    await page.get_by_role("button", name="Sign up").click()
    await expect(page).to_have_url(f"{URL}/user")
    await page.get_by_label("First name").fill("Grace")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_role("alert")).to_have_text("Saved.")
    await expect(page.get_by_label("First name")).to_have_value("Grace")
    await page.get_by_role("link", name="Sign out").click()
    await page.get_by_role("button", name="Sign out").click()
    await page.goto(f"{URL}/user")
    await expect(
        page.locator("noscript a[href$='/sign-in']")
    ).to_be_visible()  # a text inside <noscript> is found by no text
