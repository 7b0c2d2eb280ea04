"""Whatever is wrong between browser, app and server: at most two redirects to find out, then a page that is right, and why."""

import asyncio
import json
import subprocess
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, Response, async_playwright, expect

from sojourn.tokens.handshake import cookie_suffix
from tests.browser import FLAGS
from tests.sdk.conftest import PASSWORD, Setup
from tests.sdk.people import expect_sign_in_page, expect_signed_in, give_password, sign_out, sign_up, until_quiet
from tests.sdk.processes import SOJOURN
from tools.chromium import installed

# the middleware runs in a context of its own inside Node, with a Date of its own
_SHIFTED = """
const shift = `(() => {
  const Right = Date;
  globalThis.Date = class Date extends Right {
    constructor(...given) { given.length ? super(...given) : super(Right.now() + SECONDS * 1000); }
    static now() { return Right.now() + SECONDS * 1000; }
  };
})()`;
const vm = require("node:vm");
const create = vm.createContext;
vm.createContext = (...given) => {
  const context = create(...given);
  vm.runInContext(shift, context);
  return context;
};
vm.runInThisContext(shift);
"""

_BACK = "() => { setTimeout(() => history.back()) }"
"""Playwright's own waits for a page to load, which a router's step is not."""

_ABOUT_TIME = {
    "session-token-expired-refresh-non-eligible-no-refresh-cookie",
    "session-token-nbf",
    "session-token-iat-in-the-future",
    "token-expired",
    "token-not-active-yet",
}


@dataclass
class Visit:
    """The documents that a page has been answered with since it was last asked to forget."""

    app_url: str
    answers: list[Response] = field(default_factory=list[Response])

    @classmethod
    def of(cls, page: Page, app_url: str) -> "Visit":
        visit = cls(app_url)
        page.on(
            "response", lambda answer: visit.answers.append(answer) if answer.request.is_navigation_request() else None
        )
        return visit

    @property
    def told(self) -> list[str]:
        """One line for each document, for the message of a failed assertion."""
        return [f"{a.status} {a.url[:90]} {a.headers.get('x-clerk-auth-reason', '-')}" for a in self.answers]

    @property
    def reasons(self) -> set[str]:
        """Why the app did not take the browser at its word."""
        own = [answer for answer in self.answers if answer.url.startswith(self.app_url)]
        return {answer.headers["x-clerk-auth-reason"] for answer in own if answer.headers.get("x-clerk-auth-reason")}

    @property
    def redirects(self) -> int:
        """How often the app sent the browser away to find out who it is; the way to the sign-in page is another matter."""
        own = [answer for answer in self.answers if answer.url.startswith(self.app_url) and 300 <= answer.status < 400]
        return sum("/sign-in" not in answer.headers.get("location", "") for answer in own)

    def expect_settled(self) -> None:
        assert self.redirects <= 2, self.told
        # generation 4 finds out with a page that loads itself again
        assert sum(answer.status == 401 for answer in self.answers) <= 2, self.told


@asynccontextmanager
async def _clock(setup: Setup, seconds: int, folder: Path) -> AsyncGenerator[None]:
    """The app, started anew, with its clock so far ahead."""
    before, preloaded = setup.app.env, folder / "shifted.cjs"
    preloaded.write_text(_SHIFTED.replace("SECONDS", str(seconds)))
    try:
        setup.app.env = {**before, "NODE_OPTIONS": f"--require {preloaded}"}
        await asyncio.to_thread(setup.app.restart)
        yield
    finally:
        setup.app.env = before
        await asyncio.to_thread(setup.app.restart)


async def _forget_the_token(page: Page) -> None:
    await page.goto("about:blank")  # or the page that is open writes it again
    device = page.context
    kept = [each for each in await device.cookies() if not each.get("name", "").startswith("__session")]
    await device.clear_cookies()
    await device.add_cookies(kept)  # pyright: ignore[reportArgumentType]


def _token_of_another_server() -> str:
    """In good shape, and signed by nobody that the app knows."""
    claims = {
        "iss": "http://localhost:4",
        "sub": "user_another",
        "sid": "sess_another",
        "iat": 1_700_000_000,
        "exp": 4_000_000_000,
    }
    parts = ({"alg": "RS256", "kid": "ins_another", "typ": "JWT"}, claims)
    texts = [urlsafe_b64encode(json.dumps(part).encode()) for part in parts] + [urlsafe_b64encode(bytes(256))]
    return b".".join(text.rstrip(b"=") for text in texts).decode()


@pytest.mark.parametrize("seconds", [60, -60], ids=["ahead", "behind"])
async def test_an_app_whose_clock_is_a_minute_off_lets_people_in(
    setup: Setup, device: BrowserContext, address: str, tmp_path: Path, seconds: int
) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    await page.goto("about:blank")
    async with _clock(setup, seconds, tmp_path):
        await asyncio.sleep(6)  # past the skew that the app allows: ahead, it takes the token for an expired one
        visit = Visit.of(page, setup.url)
        if setup.major == 4 and seconds < 0:  # refuses to go on, and says why in its log
            await page.goto(f"{setup.url}/protected")
            visit.expect_settled()
            assert "Clock skew detected" in (setup.data / "app.log").read_text()
            return
        await expect_signed_in(page, setup, address)
        visit.expect_settled()
        assert visit.reasons & _ABOUT_TIME, visit.told
        visit.answers.clear()
        await expect_signed_in(page, setup, address)
        visit.expect_settled()


async def test_a_server_that_changed_its_signing_key_at_once_is_believed_again(
    setup: Setup, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    await page.goto("about:blank")
    rotate = [SOJOURN, "keys", "rotate", "--emergency", "--data", setup.data]
    await asyncio.to_thread(subprocess.run, rotate, check=True, capture_output=True)
    await asyncio.to_thread(setup.server.restart)
    visit = Visit.of(page, setup.url)
    await expect_signed_in(page, setup, address)
    visit.expect_settled()
    await _forget_the_token(page)
    visit.answers.clear()
    await expect_signed_in(page, setup, address)
    visit.expect_settled()
    assert visit.reasons, visit.told


async def test_cookies_of_another_server_on_the_host_are_nobodys_trouble(  # R-CKI-05
    setup: Setup, device: BrowserContext, address: str
) -> None:
    other = cookie_suffix("pk_test_b3RoZXIuZXhhbXBsZSQ")
    token = _token_of_another_server()
    values = {
        "__session": token,
        f"__session_{other}": token,
        "__client_uat": "1700000000",
        f"__client_uat_{other}": "1700000000",
    }
    paths = ("/",) if setup.major == 4 else ("/", "/protected")  # generation 4 believes the nearest, whatever it is
    stale = [
        {"name": name, "value": value, "domain": domain, "path": path}
        for domain in ("localhost", ".localhost")
        for path in paths
        for name, value in {**values, "__clerk_db_jwt": "dvb_another"}.items()
    ]
    await device.add_cookies(stale)  # pyright: ignore[reportArgumentType]
    page = await device.new_page()
    visit = Visit.of(page, setup.url)
    await page.goto(f"{setup.url}/protected")
    await expect_sign_in_page(page)
    visit.expect_settled()
    await sign_up(page, setup, address)
    await page.goto("about:blank")
    await device.add_cookies(stale)  # pyright: ignore[reportArgumentType]
    visit.answers.clear()
    if setup.major == 4:  # lands at home, by way of the sign-in page
        await page.goto(f"{setup.url}/protected")
        await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    await expect_signed_in(page, setup, address)
    visit.expect_settled()


async def test_blocked_third_party_cookies_are_nobodys_trouble(setup: Setup, tmp_path: Path, address: str) -> None:
    preferences = tmp_path / "Default" / "Preferences"
    preferences.parent.mkdir()
    preferences.write_text(json.dumps({"profile": {"block_third_party_cookies": True, "cookie_controls_mode": 1}}))
    async with async_playwright() as playwright:
        device = await playwright.chromium.launch_persistent_context(tmp_path, executable_path=installed(), args=FLAGS)
        device.set_default_timeout(30_000)
        page = await device.new_page()
        visit = Visit.of(page, setup.url)
        await sign_up(page, setup, address)
        await expect_signed_in(page, setup, address)
        await sign_out(page, setup)
        await give_password(page, setup, address, PASSWORD)
        await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
        await _forget_the_token(page)
        visit.answers.clear()
        await expect_signed_in(page, setup, address)
        visit.expect_settled()
        assert visit.reasons, visit.told
        assert not await _sent_to_a_third_party(page, setup)
        await device.close()


async def _sent_to_a_third_party(page: Page, setup: Setup) -> bool:
    """Whether a cookie that asks to be sent everywhere is: the browser's own proof that it blocks."""
    probe = {"name": "probe", "value": "1", "domain": "localhost", "path": "/", "sameSite": "None", "secure": True}
    await page.context.add_cookies([probe])  # pyright: ignore[reportArgumentType]
    assert "probe" in {each.get("name") for each in await page.context.cookies(setup.server_url)}
    # an answer without scripts, which would navigate
    await page.goto(f"{setup.url.replace('localhost', '127.0.0.1')}/api/protected")
    asked = f"{setup.server_url}/v1/environment"
    async with page.expect_request(asked) as sent:
        await page.evaluate(f"fetch('{asked}', {{credentials: 'include'}})")
    return "probe=" in ((await (await sent.value).all_headers()).get("cookie") or "")


async def test_a_page_on_another_site_than_the_server_says_why_it_cannot_sign_in(  # R-CKI-02
    setup: Setup, device: BrowserContext, address: str
) -> None:
    apart = replace(setup, url=setup.url.replace("localhost", "127.0.0.1"))
    page = await device.new_page()
    visit = Visit.of(page, apart.url)
    await page.goto(f"{apart.url}/protected")
    await expect_sign_in_page(page)
    await page.locator("input[name=identifier]").fill(address)
    await page.locator(".cl-formButtonPrimary").click()
    await expect(page.get_by_text("as different sites").first).to_be_visible()
    visit.expect_settled()


async def test_the_way_back_after_signing_out_ends_at_the_sign_in_page(
    setup: Setup, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    await expect_signed_in(page, setup, address)
    async with until_quiet(page):
        await sign_out(page, setup)
    visit = Visit.of(page, setup.url)
    async with page.expect_navigation(url="**/sign-in?**"):
        await page.evaluate(_BACK)  # home, which asks to sign in
    if setup.major > 4:  # generation 4 draws its form only when the page is loaded
        await expect_sign_in_page(page)
    async with page.expect_navigation(url="**protected"):
        await page.evaluate(_BACK)  # the protected page, or the way from there to the sign-in page
    if setup.major == 4:  # shows what its router has in memory, and asks nobody
        await page.reload()
    await expect_sign_in_page(page)
    visit.expect_settled()
