"""The same people in production: https, real mail, cookies that scripts and other hosts cannot have, nothing of development."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.sdk.conftest import PASSWORD
from tests.sdk.people import expect_sign_in_page, fill_sign_up, sign_out_here, type_code
from tests.sdk.production import Site, beside, inside

Start = Callable[[Path], AbstractContextManager[Site]]


@pytest.fixture(scope="module", params=[beside, inside], ids=["beside-clerk7", "inside-fastapi"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    start: Start = request.param
    with start(tmp_path_factory.mktemp("production")) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def device(request: pytest.FixtureRequest, browser: Browser) -> BrowserContext:
    """`scripts=False` by parameter."""
    with_scripts = getattr(request, "param", True)
    context = await browser.new_context(ignore_https_errors=True, java_script_enabled=with_scripts)
    context.set_default_timeout(30_000)
    return context


async def _sign_up(page: Page, site: Site, address: str) -> None:
    await page.goto(f"{site.url}/protected")
    await page.get_by_role("link", name="Sign up").click()
    await fill_sign_up(page, address)
    await type_code(page, site.newest_code(address))
    await expect(page.locator("#email")).to_have_text(address)


async def _expect_signed_in(page: Page, site: Site, address: str) -> None:
    await page.goto(f"{site.url}/protected")
    await expect(page.locator("#email")).to_have_text(address)


async def test_a_person_signs_up_by_mail_stays_signed_in_and_signs_out(  # R-CKI-01, R-CKI-06
    site: Site, device: BrowserContext
) -> None:
    address, page = "ada@example.com", await device.new_page()
    redirects: list[str] = []
    await _sign_up(page, site, address)
    await _expect_signed_in(page, site, address)

    cookies: dict[str, Any] = {each.get("name", ""): each for each in await device.cookies()}
    client = cookies["__Host-__client"]
    assert (client["secure"], client["httpOnly"], client["sameSite"]) == (True, True, "Lax")
    assert client["domain"] == site.public_url.split("/")[2].split(":")[0]
    signed_in_at = cookies["__client_uat"]
    assert signed_in_at["domain"] == (".example.test" if site.is_beside else "www.example.test")
    assert not any("db_jwt" in name for name in cookies)
    assert all(each["secure"] for name, each in cookies.items() if name.startswith(("__client", "__session")))

    # a browser that comes back later has no token any more
    await page.goto("about:blank")
    kept = [each for each in await device.cookies() if not each.get("name", "").startswith("__session")]
    await device.clear_cookies()
    await device.add_cookies(kept)  # pyright: ignore[reportArgumentType]
    page.on("response", lambda answer: redirects.append(answer.url) if 300 <= answer.status < 400 else None)
    await _expect_signed_in(page, site, address)
    assert len([url for url in redirects if url.startswith(site.url) and "/v1/" not in url]) <= 2

    if site.is_beside:
        await page.goto(site.url)
    await sign_out_here(page)
    await page.wait_for_url(lambda url: "/protected" not in url)
    await expect(page.locator(".cl-userButtonTrigger")).to_have_count(0)
    later = await device.new_page()
    await later.goto(f"{site.url}/protected")
    await expect_sign_in_page(later)


async def test_nothing_of_development_is_there(site: Site, device: BrowserContext) -> None:  # R-AUZ-09
    page = await device.new_page()
    for path in ("/dev/mailbox", "/demo"):
        answer = await page.goto(f"{site.public_url}{path}")
        assert answer is not None
        assert answer.status == 404


@pytest.mark.parametrize("device", [False], indirect=True, ids=["no-scripts"])
async def test_a_browser_without_scripts_signs_in_too(site: Site, device: BrowserContext) -> None:
    address, page = "grace@example.com", await device.new_page()
    site.sojourn("users", "create", "--email", address, typed=f"{PASSWORD}\n")
    await page.goto(f"{site.public_url}/sign-in")
    await page.locator("input[name=identifier]").fill(address)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").first.click()
    await expect(page).to_have_url(f"{site.public_url}/user")
    if not site.is_beside:
        await _expect_signed_in(page, site, address)
