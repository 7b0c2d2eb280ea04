"""What a person changes about their own account, and how they get back in without the password, in a real browser."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.pictures import BLUE, picture
from tests.sdk.conftest import PASSWORD, Setup
from tests.sdk.people import (
    add_address,
    address_row,
    change_password,
    choose,
    expect_old_password_refused,
    expect_sign_in_page,
    expect_signed_in,
    open_profile_form,
    open_security,
    refusals,
    reset_password,
    sign_in,
    sign_up,
    until_signed_out,
    upload_image,
)

_NEW_PASSWORD = "a staple for every battery and horse"
_FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
_TOKEN_SECONDS = 10
_SKEW_SECONDS = 5
_INACTIVITY_SECONDS = 14


@pytest_asyncio.fixture(loop_scope="session")
async def short_tokens(setup: Setup) -> AsyncIterator[None]:
    setup.settings(f"sessions.token_seconds={_TOKEN_SECONDS}")
    await asyncio.sleep(1.1)  # a running server follows its settings within a second
    yield
    setup.settings("sessions.token_seconds=60")


@pytest_asyncio.fixture(loop_scope="session")
async def short_inactivity(setup: Setup, short_tokens: None) -> AsyncIterator[None]:
    setup.settings(f"sessions.inactivity_seconds={_INACTIVITY_SECONDS}")
    await asyncio.sleep(1.1)
    yield
    setup.settings("sessions.inactivity_seconds=86400")


async def _mail_to(page: Page, setup: Setup, address: str) -> Locator:
    await page.goto(f"{setup.server_url}/dev/mailbox")
    return page.locator("article").filter(has_text=address)


async def test_a_changed_password_ends_the_old_one_and_the_other_devices_and_is_told_by_mail(  # R-PWD-11
    setup: Setup, browser: Browser, device: BrowserContext, address: str, short_tokens: None
) -> None:
    page, other = await device.new_page(), await (await browser.new_context()).new_page()
    await sign_up(page, setup, address)
    await sign_in(other, setup, address)
    refused = refusals(page)
    await change_password(page, setup, PASSWORD, _NEW_PASSWORD)
    await until_signed_out(other, setup, _TOKEN_SECONDS + _SKEW_SECONDS + 5)
    await expect_old_password_refused(other, setup, address, PASSWORD, _NEW_PASSWORD)
    await expect_signed_in(page, setup, address)
    assert refused == []
    told = await _mail_to(page, setup, address)
    await expect(told.filter(has_text="Your My application password was changed")).to_have_count(1)


async def test_a_person_sees_their_devices_and_signs_another_one_out(  # R-SES-04
    setup: Setup, browser: Browser, device: BrowserContext, address: str, short_tokens: None
) -> None:
    page, other = await device.new_page(), await (await browser.new_context(user_agent=_FIREFOX)).new_page()
    await sign_up(page, setup, address)
    await sign_in(other, setup, address)
    refused = refusals(page)
    await open_security(page, setup)
    devices = page.locator(".cl-activeDeviceListItem")
    await expect(devices).to_have_count(2)
    this = page.locator(".cl-activeDeviceListItem__current")
    for shown in ("This device", "Linux", "Chrome", "127.0.0.1", "Today"):
        await expect(this).to_contain_text(shown)
    others = page.locator(".cl-activeDeviceListItem:not(.cl-activeDeviceListItem__current)")
    for shown in ("Windows", "Firefox 140.0", "127.0.0.1", "Today"):
        await expect(others).to_contain_text(shown)
    async with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/revoke")) as revoked:
        await choose(page, setup, others, "Sign out of device")
    assert (await revoked.value).status == 200
    await until_signed_out(other, setup, _TOKEN_SECONDS + _SKEW_SECONDS + 5)
    await expect_sign_in_page(other)
    await open_security(page, setup)
    await expect(this).to_be_visible()
    await expect(devices).to_have_count(1)
    await expect_signed_in(page, setup, address)
    assert refused == []


async def test_a_forgotten_password_is_replaced_with_a_code(
    setup: Setup, browser: Browser, device: BrowserContext, address: str
) -> None:
    await sign_up(await device.new_page(), setup, address)
    page = await (await browser.new_context()).new_page()
    refused = refusals(page)
    await reset_password(page, setup, address, _NEW_PASSWORD)
    await expect_signed_in(page, setup, address)
    assert refused == []
    later = await (await browser.new_context()).new_page()
    await expect_old_password_refused(later, setup, address, PASSWORD, _NEW_PASSWORD)


async def test_a_browser_that_nobody_uses_is_signed_out_and_one_in_use_is_not(  # R-SES-01
    setup: Setup, browser: Browser, device: BrowserContext, address: str, short_inactivity: None
) -> None:
    idle, used = await device.new_page(), await (await browser.new_context()).new_page()
    await sign_up(idle, setup, address)
    await sign_in(used, setup, address)
    await idle.close()
    for _ in range((_INACTIVITY_SECONDS + _SKEW_SECONDS) // 4 + 1):
        await asyncio.sleep(4)
        await expect_signed_in(used, setup, address)
    back = await device.new_page()
    await back.goto(f"{setup.url}/protected")
    await expect_sign_in_page(back)


async def test_a_second_address_is_proven_with_a_code_and_becomes_the_primary_one(
    setup: Setup, browser: Browser, device: BrowserContext, address: str
) -> None:
    second = f"grace+clerk_test{secrets.token_hex(4)}@example.com"
    page = await device.new_page()
    await sign_up(page, setup, address)
    refused = refusals(page)
    await add_address(page, setup, second)
    await page.goto(f"{setup.url}/profile")
    await expect(address_row(page, address)).to_contain_text("Primary")
    async with page.expect_response(lambda answer: answer.url.split("?")[0].endswith("/v1/me")) as saved:
        await choose(page, setup, address_row(page, second), "Set as primary")
    assert (await saved.value).status == 200
    await page.goto(f"{setup.url}/profile")
    await expect(address_row(page, second)).to_contain_text("Primary")
    await expect(address_row(page, address)).not_to_contain_text("Primary")
    assert refused == []
    await sign_in(await (await browser.new_context()).new_page(), setup, second)


async def test_an_image_is_uploaded_shown_and_removed(  # R-HDR-04
    setup: Setup, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    refused = refusals(page)
    await open_profile_form(page, setup)
    answer = await upload_image(page, setup, picture("PNG", (900, 900), BLUE))
    assert answer.status == 200
    url = (await answer.json())["response"]["public_url"]
    await page.goto(setup.url)
    shown = page.locator(".cl-userButtonTrigger img")
    await expect(shown).to_have_attribute("src", url)
    await expect(shown).to_have_js_property("naturalWidth", 512)
    await open_profile_form(page, setup)
    async with page.expect_response(lambda answer: "/v1/me/profile_image" in answer.url) as removed:
        await page.locator(".cl-avatarImageActionsRemove").click()
    assert (await removed.value).status == 200
    await page.goto(setup.url)
    await expect(shown).to_have_attribute("src", re.compile("/v1/avatars/"))
    assert refused == []
