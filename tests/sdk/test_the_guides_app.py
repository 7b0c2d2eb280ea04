"""The guide's app, unmodified but for its environment file, in a real browser."""

import asyncio

import httpx
from playwright.async_api import Browser, BrowserContext, expect

from tests.sdk.conftest import PASSWORD, Setup
from tests.sdk.people import (
    expect_sign_in_page,
    expect_signed_in,
    give_password,
    sign_in,
    sign_out,
    sign_up,
    until_signed_out,
)


def _secret_key(setup: Setup) -> str:
    lines = dict(line.split("=", 1) for line in (setup.app.cwd / ".env.local").read_text().splitlines())
    return lines["CLERK_SECRET_KEY"]


def _backend(setup: Setup) -> httpx.Client:
    return httpx.Client(
        base_url=f"{setup.server_url}/v1", headers={"Authorization": f"Bearer {_secret_key(setup)}"}, timeout=60
    )


async def test_a_stranger_is_sent_to_sign_in_and_signs_up_with_a_code(
    setup: Setup, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await page.goto(setup.url)
    await expect_sign_in_page(page)
    await sign_up(page, setup, address)
    await expect_signed_in(page, setup, address)
    second_tab = await device.new_page()
    await expect_signed_in(second_tab, setup, address)


async def test_a_lost_token_is_replaced_without_signing_in_again(
    setup: Setup, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    kept = [each for each in await device.cookies() if not each.get("name", "").startswith("__session")]
    await device.clear_cookies()
    await device.add_cookies(kept)  # pyright: ignore[reportArgumentType]
    await expect_signed_in(page, setup, address)


async def test_a_wrong_password_says_so_and_a_second_device_gets_in(
    setup: Setup, browser: Browser, device: BrowserContext, address: str
) -> None:
    await sign_up(await device.new_page(), setup, address)
    other = await (await browser.new_context()).new_page()
    await give_password(other, setup, address, "not the password at all")
    await expect(other.get_by_text("Password is incorrect").first).to_be_visible()
    await other.locator("input[name=password]:not([aria-hidden=true])").fill(PASSWORD)
    await other.locator(".cl-formButtonPrimary").click()
    await expect(other.locator(".cl-userButtonTrigger")).to_be_visible()
    await expect_signed_in(other, setup, address)


async def test_signing_out_in_one_tab_signs_out_the_other(setup: Setup, device: BrowserContext, address: str) -> None:
    page, other = await device.new_page(), await device.new_page()
    await sign_up(page, setup, address)
    await expect_signed_in(other, setup, address)
    await sign_out(page, setup)
    if setup.major == 4:  # its tabs notice when they next ask for something
        await other.reload()
    await expect_sign_in_page(other)
    later = await device.new_page()
    await later.goto(f"{setup.url}/protected")
    await expect_sign_in_page(later)


async def test_a_restart_of_the_server_signs_nobody_out(setup: Setup, device: BrowserContext, address: str) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    await asyncio.to_thread(setup.server.restart)
    await expect_signed_in(page, setup, address)
    await page.goto(setup.url)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()


async def test_a_revoked_device_is_out_within_65_seconds(  # R-SES-06
    setup: Setup, device: BrowserContext, address: str
) -> None:
    setup.settings("sessions.token_seconds=10")
    try:
        page = await device.new_page()
        await sign_up(page, setup, address)
        await page.goto(f"{setup.url}/protected")
        session = await page.locator("#session").inner_text()
        with _backend(setup) as backend:
            assert backend.post(f"/sessions/{session}/revoke").json()["status"] == "revoked"
        await until_signed_out(page, setup, 65)
    finally:
        setup.settings("sessions.token_seconds=60")


async def test_the_absolute_timeout_ends_a_session(  # R-SES-01
    setup: Setup, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    await sign_out(page, setup)
    setup.settings("sessions.lifetime_seconds=12")
    try:
        await asyncio.sleep(1.1)  # a running server follows its settings within a second
        await sign_in(page, setup, address)
        await until_signed_out(page, setup, 30)
        await expect_sign_in_page(page)
    finally:
        setup.settings("sessions.lifetime_seconds=604800")


async def test_the_profile_page_changes_the_name(setup: Setup, device: BrowserContext, address: str) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    await page.goto(f"{setup.url}/profile")
    await page.locator(".cl-profileSectionPrimaryButton").first.click()
    await page.locator("input[name=firstName]").fill("Ada")
    await page.locator("input[name=lastName]").fill("Lovelace")
    async with page.expect_response(lambda answer: "/v1/me" in answer.url and answer.request.method == "POST") as saved:
        await page.locator(".cl-formButtonPrimary").click()
    assert (await saved.value).status == 200
    await page.goto(f"{setup.url}/profile")
    await expect(page.get_by_text("Ada Lovelace").first).to_be_visible()
