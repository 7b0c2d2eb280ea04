"""The quick start of Next.js with the SDK's own proxy in front of the Frontend API: the browser knows the address of the app only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Request, expect

from tests.sdk.people import fill_sign_up, sign_out_here, type_code
from tests.sdk.quick_starts import changed, written
from tests.sdk.sdk_apps import Kind, SdkApp, running

_NEXT = "node_modules/next/dist/bin/next"
_KIND = Kind("nextjs", "next16-clerk7", (_NEXT, "build"), (_NEXT, "start", "-p", "PORT"))
_WANTED = (
    "NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY", "CLERK_SECRET_KEY", "CLERK_API_URL", "CLERK_FAPI_URL",
    "NEXT_PUBLIC_CLERK_SIGN_IN_URL", "NEXT_PUBLIC_CLERK_SIGN_UP_URL",
)  # fmt: skip

pytestmark = pytest.mark.extended


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SdkApp]:
    folder: Path = tmp_path_factory.mktemp("proxied")
    source = written("nextjs", _KIND.folder)
    provider = ("app/layout.tsx", "<ClerkProvider>", '<ClerkProvider proxyUrl="/__clerk">')
    changed(source, "nextjs", "The API of the server below the app's own address", provider)
    with running(_KIND, folder, source, only=_WANTED, own_pages=True) as started:
        yield started


async def test_a_browser_of_the_proxied_app_asks_the_app_alone(
    app: SdkApp, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type != "image" and not request.url.startswith((app.url, "blob:")):
            elsewhere.append(request.url)  # pictures are public

    page.on("request", note)
    await page.goto(f"{app.url}/sign-up")
    await fill_sign_up(page, address)
    await type_code(page)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    await page.goto(f"{app.url}/protected")
    await expect(page.get_by_text(f"Hello {address}")).to_be_visible()
    await sign_out_here(page)
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert elsewhere == []
