"""An SDK's own proxy in front of the Frontend API: the browser knows the app's address only."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Request, expect

from tests.ports import free_port
from tests.sdk.people import PASSWORD, sign_out_here, type_code
from tests.sdk.processes import server, settings
from tests.sdk.python_apps import UNLIMITED
from tests.sdk.sdk_apps import SdkApp, api, env_file, variables


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SdkApp]:
    """The keys and `CLERK_FAPI_URL`, nothing else of what `sojourn env` prints, and the address for the app's own server."""
    data: Path = tmp_path_factory.mktemp("proxy")
    server_port = free_port()
    serving = server(server_port, data)
    serving.start()
    settings(data, UNLIMITED)
    lines = variables(env_file("express", server_port, data))
    wanted = ("CLERK_PUBLISHABLE_KEY", "CLERK_SECRET_KEY", "CLERK_API_URL", "CLERK_FAPI_URL")
    started = api("proxy", {name: lines[name] for name in wanted}, data)
    started.start()
    yield SdkApp(started.ready_url, f"http://localhost:{server_port}", data)
    started.stop()
    serving.stop()


async def test_pages_reach_the_server_through_the_apps_own_address_alone(
    app: SdkApp, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    elsewhere: list[str] = []

    def note(request: Request) -> None:
        if request.resource_type != "image" and not request.url.startswith((app.url, "blob:")):
            elsewhere.append(request.url)  # pictures are public

    page.on("request", note)
    await page.goto(app.url)
    await page.locator("input[name=emailAddress]").fill(address)
    await page.locator("input[name=password]").fill(PASSWORD)
    await page.locator("input[name=password]").press("Enter")
    await page.wait_for_url("**/verify-email-address**")
    await page.wait_for_function("Clerk.client.signUp.verifications.emailAddress.strategy == 'email_code'")
    await type_code(page)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    await page.get_by_role("button", name="Ask proxy").click()
    await expect(page.locator("#said")).to_contain_text("proxy 200")
    await expect(page.locator("#said")).to_contain_text(await page.evaluate("Clerk.user.id"))
    await page.reload()
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    await sign_out_here(page)
    await expect(page.locator("input[name=emailAddress]")).to_be_visible()
    await page.get_by_role("button", name="Ask proxy").click()
    await expect(page.locator("#said")).to_contain_text("proxy 401")
    assert elsewhere == []
