"""What a person does in the app: sign up, sign in, look around."""

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Protocol

from playwright.async_api import Locator, Page, Request, Response, expect

from tests.sdk.conftest import PASSWORD, Setup


class HasUrl(Protocol):
    """Whatever has a sign-in page at /sign-in: an app, or the server itself."""

    @property
    def url(self) -> str: ...


async def sign_up(page: Page, setup: Setup, address: str) -> None:
    """From the sign-up page to the app's home."""
    await page.goto(f"{setup.url}/sign-up")
    await fill_sign_up(page, address)
    await type_code(page)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()


async def press_in_app(page: Page, name: str) -> None:
    """Press a button of an SDK in a page that the app's server drew: until the SDK has loaded, nothing listens to it."""
    await page.wait_for_function("window.Clerk?.loaded")
    await page.get_by_role("button", name=name).click()


async def fill_sign_up(page: Page, address: str) -> None:
    """Address and password, up to the page that asks for the code.

    Sent with the enter key: what the component says of a new password moves its button, away from under a click.
    """
    await page.locator("input[name=emailAddress]").fill(address)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=password]").press("Enter")
    await page.wait_for_url("**/verify-email-address**")
    await a_code_is_sent(page, "Clerk.client.signUp.verifications.emailAddress.strategy == 'email_code'")


async def a_code_is_sent(page: Page, when: str) -> None:
    """A code typed before the server has sent one is refused, and the answer to the request for one clears the page."""
    await page.wait_for_function(f"() => window.Clerk && Clerk.client && {when}")


async def type_code(page: Page, code: str = "424242") -> None:
    """The code of every test address, or another; the form goes off with its last digit."""
    await page.locator("input[inputmode=numeric], input[autocomplete=one-time-code]").first.click(force=True)
    await page.keyboard.type(code, delay=30)


async def sign_in(page: Page, setup: Setup, address: str, password: str = PASSWORD) -> None:
    """Identifier, password, home."""
    await give_password(page, setup, address, password)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()


async def give_password(page: Page, site: HasUrl, address: str, password: str) -> None:
    await page.goto(f"{site.url}/sign-in")
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
    await sign_out_here(page)
    await expect_sign_in_page(page)


async def sign_out_here(page: Page) -> None:
    """With the user button, until the server has heard of it: the button is gone before that."""
    await page.locator(".cl-userButtonTrigger").first.click()
    async with page.expect_response(lambda answer: "/v1/client" in answer.url and answer.request.method != "GET"):
        await page.locator(".cl-userButtonPopoverActionButton__signOut").click()


@asynccontextmanager
async def until_quiet(page: Page) -> AsyncGenerator[None]:
    """Do this, then wait until every question has its answer and none was asked for a second.

    Next's router asks again for what it shows after a sign-out; a step back that comes between is one that it forgets.
    """
    told = asyncio.Queue[tuple[Request, bool]]()
    page.on("request", lambda request: told.put_nowait((request, True)))
    page.on(
        "response", lambda answer: told.put_nowait((answer.request, False))
    )  # the router does not read them all to the end
    page.on("requestfailed", lambda request: told.put_nowait((request, False)))
    yield
    unanswered = set[Request]()
    while True:
        try:
            request, is_asked = await asyncio.wait_for(told.get(), 30 if unanswered else 1)
        except TimeoutError:
            assert not unanswered, [each.url for each in unanswered]
            return
        (unanswered.add if is_asked else unanswered.discard)(request)


async def until_signed_out(page: Page, setup: Setup, seconds: int) -> None:
    """Load the protected page until it asks to sign in; the token's last minute is the most that may pass."""
    for _ in range(seconds):
        await page.goto(f"{setup.url}/protected")
        if "/sign-in" in page.url:
            return
        await asyncio.sleep(1)
    raise AssertionError(f"still signed in after {seconds} s")


async def expect_old_password_refused(page: Page, setup: Setup, address: str, old: str, new: str) -> None:
    """On a device of nobody: the old password is wrong, the new one signs in."""
    await give_password(page, setup, address, old)
    await expect(page.get_by_text("Password is incorrect").first).to_be_visible()
    await page.locator("input[name=password]:not([aria-hidden=true])").fill(new)
    await page.locator(".cl-formButtonPrimary").click()
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()


async def change_password(page: Page, setup: Setup, current: str, new: str) -> None:
    """On the security page, with the other devices signed out because that is how the form stands."""
    await open_security(page, setup)
    await page.locator(".cl-profileSectionPrimaryButton__password").click()
    await page.locator("input[name=currentPassword]").fill(current)
    await page.locator("input[name=newPassword]").fill(new)
    await page.locator("input[name=confirmPassword]").fill(new)
    await expect(page.locator("input[name=signOutOfOtherSessions]")).to_be_checked()
    async with page.expect_response(lambda answer: "/v1/me/change_password" in answer.url) as changed:
        await page.locator("input[name=confirmPassword]").press("Enter")
    assert (await changed.value).status == 200


async def reset_password(page: Page, setup: Setup, address: str, new: str) -> None:
    """Until the app's home is there."""
    await set_new_password(page, setup, address, new)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()


async def set_new_password(page: Page, site: HasUrl, address: str, new: str) -> None:
    """From the sign-in page's link to a code and a new password."""
    await page.goto(f"{site.url}/sign-in")
    await page.locator("input[name=identifier]").fill(address)
    await page.locator(".cl-formButtonPrimary").click()
    await page.get_by_text("Forgot password?").click()
    await page.get_by_text("Reset your password").click()
    await expect(page.get_by_text("code sent to your email address")).to_be_visible()
    await a_code_is_sent(page, "Clerk.client.signIn.firstFactorVerification.strategy == 'reset_password_email_code'")
    await type_code(page)
    await page.wait_for_url("**/reset-password**")
    await page.locator("input[name=password]").fill(new)
    await page.locator("input[name=confirmPassword]").fill(new)
    await page.locator("input[name=confirmPassword]").press("Enter")


async def open_security(page: Page, setup: Setup) -> None:
    await page.goto(f"{setup.url}/profile")
    await page.locator(".cl-navbarButton__security").click()
    await expect(page.locator(".cl-profileSection__activeDevices")).to_be_visible()


async def open_profile_form(page: Page, setup: Setup) -> None:
    """On the profile page, where the picture and the names are changed."""
    await page.goto(f"{setup.url}/profile")
    await page.locator(".cl-profileSection__profile .cl-profileSectionPrimaryButton").click()
    await expect(page.locator(".cl-avatarImageActionsUpload")).to_be_visible()


async def upload_image(page: Page, setup: Setup, content: bytes) -> Response:
    """In the profile form: generation 4 unfolds a place to drop the file on, later ones open the browser's own dialog."""
    if setup.major == 4:
        await page.locator(".cl-avatarImageActionsUpload").click()
    async with page.expect_response(lambda answer: "/v1/me/profile_image" in answer.url) as answered:
        file = {"name": "ada.png", "mimeType": "image/png", "buffer": content}
        await page.locator("input[type=file]").set_input_files(files=[file])  # type: ignore[list-item]
    return await answered.value


async def add_address(page: Page, setup: Setup, address: str) -> None:
    """On the profile page: the address, then the code sent to it."""
    await page.goto(f"{setup.url}/profile")
    await page.locator(".cl-profileSectionPrimaryButton__emailAddresses").click()
    await page.locator("input[name=emailAddress]").fill(address)
    async with page.expect_response(lambda answer: "/prepare_verification" in answer.url):
        await page.locator(".cl-formButtonPrimary").click()
    await expect(page.get_by_text(f"code sent to {address}")).to_be_visible()
    async with page.expect_response(lambda answer: "/attempt_verification" in answer.url) as proven:
        await type_code(page)
    assert (await proven.value).status == 200


def address_row(page: Page, address: str) -> Locator:
    rows = page.locator(".cl-profileSection__emailAddresses").locator(
        ".cl-accordionTriggerButton, .cl-profileSectionItem"
    )
    return rows.filter(has_text=address)


async def choose(page: Page, setup: Setup, row: Locator, action: str) -> None:
    """One action of a row: generation 4 unfolds it, later ones have a menu behind three dots."""
    if setup.major > 4:
        await row.locator(".cl-menuButtonEllipsis").click()
    else:
        await row.and_(page.locator("button")).or_(row.locator(".cl-accordionTriggerButton")).click()
    await page.locator("button").filter(has_text=action).click()


def refusals(page: Page) -> list[str]:
    """What the server refuses this page from now on: method, address and status of every such answer."""
    refused: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400 and "/v1/" in answer.url:
            refused.append(f"{answer.request.method} {answer.url} {answer.status}")

    page.on("response", note)
    return refused
