"""Forms of the hosted pages in a real browser: each way in is listed once, and what a person typed stays."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.pictures import picture
from tests.ports import free_port
from tests.sdk.conftest import PASSWORD
from tests.sdk.people import a_code_is_sent, give_password
from tests.sdk.processes import server, settings
from tests.sdk.python_apps import UNLIMITED, keys

_NAMES = {"firstName": "Ada", "lastName": "Lovelace"}


@dataclass
class Hosted:
    """A server of `sojourn dev`, and its Backend API."""

    url: str
    api: httpx.Client

    def add(self, *addresses: str) -> str:
        """Somebody with a password and proven addresses, the first of them primary; their id."""
        made = self.api.post("/users", json={"email_address": addresses, "password": PASSWORD})
        return made.raise_for_status().json()["id"]


@pytest.fixture(scope="module", params=["open", "strict"])
def hosted(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    """A server in open and in strict protection."""
    port, data = free_port(), tmp_path_factory.mktemp("forms")
    settings(data, UNLIMITED, f"protection.strict_enumeration={'true' if request.param == 'strict' else 'false'}")
    process, url = server(port, data), f"http://localhost:{port}"
    process.start()
    headers = {"Authorization": f"Bearer {keys(data, port)['SOJOURN_SECRET_KEY']}"}
    with httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=60) as api:
        yield Hosted(url, api)
    process.stop()


async def _forget_password(page: Page, hosted: Hosted, address: str) -> None:
    """Up to the page that lists the ways in."""
    await page.goto(f"{hosted.url}/sign-in")
    await page.locator("input[name=identifier]").fill(address)
    await page.locator(".cl-formButtonPrimary").click()
    await page.get_by_text("Forgot password?").click()
    await expect(page.get_by_text("Reset your password")).to_be_visible()


async def test_an_address_is_listed_once_and_the_code_goes_to_the_one_that_was_typed(
    hosted: Hosted, device: BrowserContext
) -> None:  # R-INP-02
    primary, typed = (f"{name}{secrets.token_hex(4)}@example.com" for name in ("ada", "alan"))
    hosted.add(primary, typed)
    page = await device.new_page()
    await _forget_password(page, hosted, typed)
    listed = page.locator(".cl-alternativeMethodsBlockButton").filter(has_text="Email code to")
    texts = [text.strip() for text in await listed.all_inner_texts()]
    assert texts[0] == f"Email code to {typed}"
    assert len(set(texts)) == len(texts)
    await page.get_by_text("Reset your password").click()
    await expect(page.get_by_text("code sent to your email address")).to_be_visible()
    await expect(page.locator(".cl-identityPreviewText")).to_have_text(typed)
    await a_code_is_sent(page, "Clerk.client.signIn.firstFactorVerification.strategy == 'reset_password_email_code'")
    mail = await device.new_page()
    await mail.goto(f"{hosted.url}/dev/mailbox")
    await expect(mail.locator("article").filter(has_text=typed)).to_have_count(1)
    await expect(mail.locator("article").filter(has_text=primary)).to_have_count(0)


async def test_a_picture_that_is_uploaded_or_removed_keeps_the_names_that_were_typed(
    hosted: Hosted, device: BrowserContext, address: str
) -> None:
    user = hosted.add(address)
    page = await device.new_page()
    await give_password(page, hosted, address, PASSWORD)
    await page.locator(".cl-profileSection__profile .cl-profileSectionPrimaryButton").click()
    for name, text in _NAMES.items():
        await page.locator(f"input[name={name}]").fill(text)
    async with page.expect_response(lambda answer: "/v1/me/profile_image" in answer.url):
        file = {"name": "ada.png", "mimeType": "image/png", "buffer": picture()}
        await page.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
    await _expect_names(page)
    async with page.expect_response(lambda answer: "/v1/me/profile_image" in answer.url):
        await page.locator(".cl-avatarImageActionsRemove").click()
    await _expect_names(page)
    await page.locator(".cl-formButtonPrimary").click()
    await expect(page.locator("input[name=firstName]")).to_have_count(0)
    await expect(page.locator(".cl-profileSection__profile")).to_contain_text("Ada Lovelace")
    stored = hosted.api.get(f"/users/{user}").raise_for_status().json()
    assert (stored["first_name"], stored["last_name"], stored["has_image"]) == ("Ada", "Lovelace", False)


async def _expect_names(page: Page) -> None:
    """The upload is over, its button can be pressed again, nothing complains, and the names stand."""
    await expect(page.locator(".cl-avatarImageActionsUpload")).to_be_enabled()
    await expect(page.locator(".cl-alertText")).to_have_count(0)
    for name, text in _NAMES.items():
        await expect(page.locator(f"input[name={name}]")).to_have_value(text)


async def test_a_device_stands_with_the_place_that_its_address_tells(
    hosted: Hosted, device: BrowserContext, address: str
) -> None:  # R-SES-04
    hosted.add(address)
    page = await device.new_page()
    await give_password(page, hosted, address, PASSWORD)
    await page.locator(".cl-navbarButton__security").click()
    await expect(page.locator(".cl-activeDeviceListItem__current")).to_contain_text("127.0.0.1 (this computer)")
