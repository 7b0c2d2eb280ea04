"""The hosted pages and the demo app in a real browser, as a newcomer meets them after `make run`."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.ports import free_port
from tests.sdk.people import fill_sign_up, sign_out_here, type_code
from tests.sdk.processes import server, settings

PORT = free_port()
URL = f"http://localhost:{PORT}"


SetScheme = Callable[[str], None]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The server's data folder."""
    data = tmp_path_factory.mktemp("hosted")
    process = server(PORT, data)
    process.start()
    yield data
    process.stop()


@pytest.fixture
def scheme_settings(running: Path) -> Iterator[SetScheme]:
    """Sets the theme's scheme as an operator does, until the server tells pages so, and puts it back."""

    def put(scheme: str) -> None:
        settings(running, f"theme.scheme={scheme}")
        while f'"scheme":"{scheme}"' not in httpx.get(f"{URL}/static/components.js", timeout=60).text:
            pass  # settings are at most a second old

    yield put
    put("system")


async def test_a_newcomer_signs_up_in_the_demo_with_the_code_from_the_mailbox(  # R-HDR-01
    running: Path, device: BrowserContext
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


async def test_the_demo_shows_the_session_and_a_second_tab_notices_its_end(
    running: Path, device: BrowserContext
) -> None:
    page = await device.new_page()
    await page.goto(f"{URL}/demo")
    await page.get_by_role("link", name="Sign up").click()
    await fill_sign_up(page, "hedy+clerk_test@example.com")
    await type_code(page)
    await expect(page).to_have_url(f"{URL}/demo/protected")
    await expect(page.locator("#email")).to_have_text("hedy+clerk_test@example.com")
    said = json.loads(await page.locator("pre").inner_text())
    assert said["sid"] in await page.locator("dl").inner_text()
    await expect(page.get_by_text("valid for 60 seconds")).to_be_visible()
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()

    other = await device.new_page()
    await other.goto(f"{URL}/demo/protected")
    await sign_out_here(other)
    await expect(other).to_have_url(f"{URL}/demo")
    await expect(page).to_have_url(f"{URL}/demo")
    await expect(page.locator("#email")).to_have_count(0)


async def test_signing_out_asks_first_and_ends_the_session(running: Path, device: BrowserContext) -> None:  # R-WEB-02
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


_COLOURS = """(selector) => {
    const painted = (colour) => {
        const canvas = new OffscreenCanvas(1, 1).getContext('2d');
        canvas.fillStyle = colour;
        canvas.fillRect(0, 0, 1, 1);
        return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const style = getComputedStyle(document.querySelector(selector));
    return [style.color, style.backgroundColor].map(painted);
}"""


async def _is_dark(page: Page, selector: str) -> tuple[bool, bool]:
    """Whether text and ground of an element are dark: one of each can be read, two of a kind cannot."""
    text, ground = await page.evaluate(_COLOURS, selector)
    return sum(text) < 384, sum(ground) < 384


@pytest.mark.parametrize(
    ("theme", "device_scheme", "is_dark"),
    [("system", "light", False), ("system", "dark", True), ("light", "dark", False), ("dark", "light", True)],
)
async def test_hosted_pages_are_light_dark_or_as_the_device_is_throughout(
    scheme_settings: SetScheme, browser: Browser, theme: str, device_scheme: Literal["light", "dark"], is_dark: bool
) -> None:
    scheme_settings(theme)
    device = await browser.new_context(color_scheme=device_scheme)
    page = await device.new_page()
    await page.goto(f"{URL}/sign-in")
    await expect(page.locator("input[name=identifier]")).to_be_visible()
    for selector in ("body", ".cl-card", "input[name=identifier]"):
        assert await _is_dark(page, selector) == (not is_dark, is_dark), selector
    for path in ("demo", "dev/mailbox"):
        await page.goto(f"{URL}/{path}")
        assert await _is_dark(page, "body") == (not is_dark, is_dark), path


async def test_buttons_in_the_demos_modal_have_the_colour_of_the_page(running: Path, device: BrowserContext) -> None:
    page = await device.new_page()
    await page.goto(f"{URL}/sign-up?redirect_url={URL}/demo/protected")
    await fill_sign_up(page, "emmy+clerk_test@example.com")
    await type_code(page)
    await page.locator(".cl-userButtonTrigger").click()
    await page.locator(".cl-userButtonPopoverActionButton__manageAccount").click()
    await page.locator(".cl-profileSectionPrimaryButton__profile").click()
    await expect(page.locator(".cl-formButtonPrimary")).to_have_css("background-color", "rgb(47, 111, 79)")


@pytest.mark.parametrize("missing", ["**/npm/**", "**/static/page.js", "**/v1/**", "**/*signin*.js"])
async def test_a_page_that_cannot_load_a_part_says_so_within_three_seconds(
    running: Path, device: BrowserContext, missing: str
) -> None:
    page = await device.new_page()
    await page.clock.install()
    await page.route(missing, lambda route: None)  # never answered
    await page.goto(f"{URL}/sign-in", wait_until="commit")
    await expect(page.locator("#trouble")).to_be_hidden()
    await page.clock.run_for(3000)
    await expect(page.locator("#trouble")).to_be_visible()


async def test_another_name_of_this_machine_leads_to_pages_that_work(running: Path, device: BrowserContext) -> None:
    page = await device.new_page()
    await page.goto(f"http://127.0.0.1:{PORT}/demo/protected")
    await expect(page.locator("input[name=identifier]")).to_be_visible()
    assert page.url.startswith(f"{URL}/sign-in?redirect_url=")
    await page.get_by_role("link", name="Sign up").click()
    await fill_sign_up(page, "lise+clerk_test@example.com")
    await type_code(page)
    await expect(page.locator("#email")).to_have_text("lise+clerk_test@example.com")
    assert page.url == f"{URL}/demo/protected"
