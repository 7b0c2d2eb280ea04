"""Each published SDK from the lines of `sojourn env` alone: sign-up, a signed-in call of an API, sign-out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.sdk.people import fill_sign_up, press_in_app, sign_out_here, type_code
from tests.sdk.sdk_apps import KINDS, SdkApp, running


@pytest.fixture(scope="module", params=list(KINDS))
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SdkApp]:
    folder: Path = tmp_path_factory.mktemp(request.param)
    with running(KINDS[request.param], folder) as started:
        yield started


async def _everything_asked_says(page: Page, status: int) -> None:
    """Every API that the page can ask, by every way it has."""
    for words in await page.get_by_role("button", name="Ask").all_inner_texts():
        async with page.expect_response(lambda answer: answer.url.endswith("/api/protected")) as answered:
            await page.get_by_role("button", name=words).click()
        assert (await answered.value).status == status, words
        await expect(page.locator("#said")).to_contain_text(f"{words.split()[1]} {status}")


async def test_somebody_signs_up_asks_the_api_and_signs_out(app: SdkApp, device: BrowserContext, address: str) -> None:
    page = await device.new_page()
    await page.goto(app.url)
    await press_in_app(page, "Sign up")
    await page.wait_for_url(f"{app.server_url}/sign-up**")
    await fill_sign_up(page, address)
    await type_code(page)
    await page.wait_for_url(f"{app.url}/**")
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    await _everything_asked_says(page, 200)
    await expect(page.locator("#said")).to_contain_text(await page.evaluate("window.Clerk.user.id"))
    await sign_out_here(page)
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    await _everything_asked_says(page, 401)
