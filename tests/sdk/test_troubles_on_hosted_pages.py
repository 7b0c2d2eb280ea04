"""What goes wrong for people on the hosted pages, in a real browser: they are told, and they get on."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.firebase import exported, hash_config
from tests.pictures import noise, picture
from tests.ports import free_port
from tests.sdk.conftest import PASSWORD
from tests.sdk.people import give_password, set_new_password
from tests.sdk.processes import SOJOURN, server, settings
from tests.sdk.python_apps import UNLIMITED, keys

_NEW_PASSWORD = "a staple for every battery and horse"
_OLD_PASSWORD = "ferry violets"
_TOO_LARGE = "A picture may have at most 5 MB. Choose a smaller one."
_ALLOWED = 5 * 1024 * 1024
_ASKED_OF_THE_COMPONENT = 10_000_000
"""What a picture may have by the component's own rule, which looks before anything is sent."""

_PLACES = """() => [document.querySelector('main').getBoundingClientRect().bottom,
    document.querySelector('.development').getBoundingClientRect().toJSON(), document.documentElement.scrollHeight]"""
"""The bottom of the content, the note of development, and the height of the page; in pixels from the top of a page not scrolled."""

_WRONG_PASSWORDS = """async () => {
    for (let tries = 0; tries < 100; tries++) {
        const refused = await Clerk.client.signIn.attemptFirstFactor({ strategy: 'password', password: 'wrong' }).catch(error => error);
        if (refused.errors[0].code !== 'form_password_incorrect') return refused.errors[0].code;
    }
}"""
"""Until something else is said of them."""


@dataclass
class Hosted:
    """A server of `sojourn dev`, and its Backend API."""

    url: str
    data: Path
    api: httpx.Client

    def add(self, address: str) -> str:
        """Somebody with a password and a proven address; their id."""
        made = self.api.post("/users", json={"email_address": [address], "password": PASSWORD})
        return made.raise_for_status().json()["id"]


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    port, data = free_port(), tmp_path_factory.mktemp("troubles")
    process, url = server(port, data), f"http://localhost:{port}"
    process.start()
    settings(data, UNLIMITED)
    headers = {"Authorization": f"Bearer {keys(data, port)['SOJOURN_SECRET_KEY']}"}
    with httpx.Client(base_url=f"{url}/v1", headers=headers, timeout=60) as api:
        yield Hosted(url, data, api)
    process.stop()


async def _expect_account(page: Page, address: str) -> None:
    await expect(page.locator(".cl-profileSection__emailAddresses")).to_contain_text(address)


async def _upload(page: Page, content: bytes) -> int:
    """Choose a file in the profile form; the status of the server's answer."""
    async with page.expect_response(lambda answer: "/v1/me/profile_image" in answer.url) as answered:
        await _choose(page, content)
    return (await answered.value).status


async def _choose(page: Page, content: bytes) -> None:
    file = {"name": "ada.png", "mimeType": "image/png", "buffer": content}
    await page.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]


def _alert(page: Page) -> Locator:
    return page.locator(".cl-alertText")


@pytest.mark.parametrize("common", ["password123", "butterfly123"])
async def test_a_common_password_sent_at_once_stays_refused(
    hosted: Hosted, device: BrowserContext, address: str, common: str
) -> None:  # R-PWD-09
    page = await device.new_page()
    await page.goto(f"{hosted.url}/sign-up")
    await page.locator("input[name=emailAddress]").fill(address)
    async with page.expect_response(lambda answer: "/v1/client/sign_ups" in answer.url) as answered:
        await page.locator("input[name=password]").fill(common)
        await page.locator("input[name=password]").press("Enter")
    assert (await answered.value).status == 422
    for entered in ("input[name=emailAddress]", "input[name=password]"):  # the second has the component check it again
        await expect(_alert(page)).to_contain_text("please try another password instead")
        await expect(page.locator(entered)).to_be_enabled()
        await page.locator(entered).focus()
    await expect(page.locator(".cl-formFieldErrorText, .cl-formFieldWarningText").first).to_be_visible()
    await expect(_alert(page)).to_contain_text("please try another password instead")
    await expect(page.get_by_text("meets all the necessary requirements")).to_have_count(0)


async def test_whose_password_others_know_is_told_so_and_sets_a_new_one(
    hosted: Hosted, device: BrowserContext, address: str
) -> None:
    hosted.api.post(f"/users/{hosted.add(address)}/password/set_compromised", json={}).raise_for_status()
    page = await device.new_page()
    await give_password(page, hosted, address, PASSWORD)
    await expect(_alert(page)).to_contain_text("This password may be known to others and no longer works.")
    await expect(_alert(page)).to_contain_text('Start again and choose "Forgot password?"')
    await set_new_password(page, hosted, address, _NEW_PASSWORD)  # as the alert says
    await _expect_account(page, address)
    await device.clear_cookies()
    again = await device.new_page()
    await give_password(again, hosted, address, _NEW_PASSWORD)
    await _expect_account(again, address)


async def test_whose_picture_is_refused_is_told_what_to_do_and_may_choose_another(  # R-HDR-04, R-LIM-07
    hosted: Hosted, device: BrowserContext, address: str
) -> None:
    hosted.add(address)
    page = await device.new_page()
    await give_password(page, hosted, address, PASSWORD)
    await page.locator(".cl-profileSection__profile .cl-profileSectionPrimaryButton").click()
    await expect(page.get_by_text("up to 5 MB")).to_be_visible()
    too_large = noise(1400)
    assert _ALLOWED < len(too_large) < _ASKED_OF_THE_COMPONENT
    assert await _upload(page, too_large) == 413
    await expect(_alert(page)).to_have_text(_TOO_LARGE)
    assert await _upload(page, picture()[:60]) == 422
    await expect(_alert(page)).to_contain_text("The picture cannot be read")
    unsent = noise(1900)
    assert len(unsent) > _ASKED_OF_THE_COMPONENT
    await _choose(page, unsent)
    await expect(_alert(page)).to_have_text(_TOO_LARGE)
    assert await _upload(page, picture()) == 200
    await expect(_alert(page)).to_have_count(0)
    await page.goto(f"{hosted.url}/user")
    await expect(page.locator(".cl-profileSection__profile img")).to_have_attribute(
        "src", re.compile("/v1/images/img_")
    )


async def test_whoever_was_imported_from_firebase_signs_in_with_the_password_they_had(  # R-PWD-04
    hosted: Hosted, device: BrowserContext, address: str, tmp_path: Path
) -> None:
    files = [exported(tmp_path, address, _OLD_PASSWORD), "--hash-config", hash_config(tmp_path)]
    subprocess.run([SOJOURN, "import", "firebase", *files, "--data", hosted.data], check=True, capture_output=True)
    page = await device.new_page()
    await give_password(page, hosted, address, PASSWORD)
    await expect(page.get_by_text("Password is incorrect").first).to_be_visible()
    await page.locator("input[name=password]:not([aria-hidden=true])").fill(_OLD_PASSWORD)
    await page.locator(".cl-formButtonPrimary").click()
    await _expect_account(page, address)
    await expect(page.locator(".cl-profileSection__profile")).to_contain_text("Ada Lovelace")


@pytest.mark.parametrize(
    ("step", "begins_at"),
    [
        ("/sign-up/verify-email-address", "/sign-up"),
        ("/sign-in/factor-one?redirect_url=%2Fuser", "/sign-in?redirect_url=%2Fuser"),
        ("/sign-in/client-trust", "/sign-in"),
        ("/sign-in/nowhere", "/sign-in"),
    ],
)
async def test_a_step_that_is_opened_without_an_attempt_leads_to_the_first_one(
    hosted: Hosted, device: BrowserContext, step: str, begins_at: str
) -> None:
    page = await device.new_page()
    await page.goto(f"{hosted.url}{step}")
    await expect(page.locator("input[name=identifier], input[name=emailAddress]")).to_be_visible()
    await expect(page).to_have_url(f"{hosted.url}{begins_at}")


async def test_a_step_that_is_opened_by_somebody_signed_in_leads_to_the_account(
    hosted: Hosted, device: BrowserContext, address: str
) -> None:
    hosted.add(address)
    page = await device.new_page()
    await give_password(page, hosted, address, PASSWORD)
    await _expect_account(page, address)
    await page.goto(f"{hosted.url}/sign-up/verify-email-address")
    await _expect_account(page, address)


async def test_whose_session_ends_elsewhere_is_led_from_the_profile_to_the_sign_in_page_that_says_why(
    hosted: Hosted, device: BrowserContext, address: str
) -> None:
    hosted.add(address)
    page = await device.new_page()
    await give_password(page, hosted, address, PASSWORD)
    await _expect_account(page, address)
    session = await page.evaluate("Clerk.session.id")
    hosted.api.post(f"/sessions/{session}/revoke").raise_for_status()
    # what the page does by itself every minute; the evaluation ends with the page
    await page.evaluate("() => { Clerk.session.getToken({ skipCache: true }).catch(() => {}); }")
    await expect(page.locator("input[name=identifier]")).to_be_visible()
    await expect(page.locator(".ended")).to_contain_text("An administrator ended your session")
    await expect(page.locator("#trouble")).to_be_hidden()


async def test_whose_account_is_locked_is_told_so_at_the_sign_in_page(  # R-FLOW-04
    hosted: Hosted, device: BrowserContext, address: str
) -> None:
    hosted.add(address)
    page = await device.new_page()
    await page.goto(f"{hosted.url}/sign-in?redirect_url=%2Fdemo")
    await page.locator("input[name=identifier]").fill(address)
    await page.locator(".cl-formButtonPrimary").click()
    await page.wait_for_url("**/sign-in/factor-one**")
    assert await page.evaluate(_WRONG_PASSWORDS) == "user_locked"
    await page.locator("input[name=password]:not([aria-hidden=true])").fill(PASSWORD)
    await page.locator(".cl-formButtonPrimary").click()
    await expect(_alert(page)).to_contain_text("locked")
    assert urlsplit(page.url)[2:4] == ("/sign-in", "redirect_url=%2Fdemo")


@pytest.mark.parametrize("height", [300, 900])
async def test_the_note_of_development_stands_at_the_bottom_and_covers_nothing(
    hosted: Hosted, device: BrowserContext, height: int
) -> None:
    page = await device.new_page()
    await page.set_viewport_size({"width": 360, "height": height})
    await page.goto(f"{hosted.url}/sign-in")
    await expect(page.locator("input[name=identifier]")).to_be_visible()
    card, note, whole = await page.evaluate(_PLACES)
    assert card <= note["top"]
    assert 0 <= whole - note["bottom"] < 20  # its margin
