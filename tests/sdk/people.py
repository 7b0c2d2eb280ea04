"""What a person does in the app: sign up, sign in, look around."""

import re

from playwright.async_api import Page, expect

from tests.sdk.conftest import PASSWORD, Setup


async def sign_up(page: Page, setup: Setup, address: str) -> None:
    """From the sign-up page to the app's home."""
    await page.goto(f"{setup.url}/sign-up")
    await page.locator("input[name=emailAddress]").fill(address)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator(".cl-formButtonPrimary").click()
    await page.wait_for_url("**/verify-email-address**")
    await page.locator("input[inputmode=numeric], input[autocomplete=one-time-code]").first.click(force=True)
    await page.keyboard.type("424242", delay=30)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()


async def sign_in(page: Page, setup: Setup, address: str, password: str = PASSWORD) -> None:
    """Identifier, password, home."""
    await give_password(page, setup, address, password)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()


async def give_password(page: Page, setup: Setup, address: str, password: str) -> None:
    await page.goto(f"{setup.url}/sign-in")
    await page.locator("input[name=identifier]").fill(address)
    await page.locator(".cl-formButtonPrimary").click()
    field = page.locator("input[name=password]:not([aria-hidden=true])")
    await expect(field).to_be_editable()
    await field.fill(password)
    await page.locator(".cl-formButtonPrimary").click()


async def expect_signed_in(page: Page, setup: Setup, address: str) -> None:
    """The server-rendered page knows who it is."""
    await page.goto(f"{setup.url}/protected")
    await expect(page.locator("#email")).to_have_text(address)


async def expect_sign_in_page(page: Page) -> None:
    await expect(page).to_have_url(re.compile(r"/sign-in"))
    await expect(page.locator("input[name=identifier]")).to_be_visible()


async def sign_out(page: Page, setup: Setup) -> None:
    await page.goto(setup.url)
    await page.locator(".cl-userButtonTrigger").click()
    await page.locator(".cl-userButtonPopoverActionButton__signOut").click()
    await expect_sign_in_page(page)
