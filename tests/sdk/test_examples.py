"""Each example in a real browser, started by its README's command: one story for all of them."""

from collections.abc import Iterator
from functools import partial

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.sdk.conftest import PASSWORD
from tests.sdk.people import sign_out_here
from tests.sdk.python_apps import PythonApp, ask_the_api, embedded, remote, sign_up

_NAMES = ["starlette_app", "fastapi_app", "litestar_app", "quart_app", "flask_app", "django_app"]
_BESIDE = ["litestar_app", "flask_app", "django_app"]


@pytest.fixture(
    scope="module",
    params=[
        *(pytest.param(partial(embedded, name=name), id=f"{name}-inside") for name in _NAMES),
        *(pytest.param(partial(remote, name=name), id=f"{name}-beside") for name in _BESIDE),
    ],
)
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PythonApp]:
    with request.param(tmp_path_factory.mktemp("example")) as started:
        started.settings('theme.color="#7a1f5c"')
        yield started


async def test_somebody_signs_up_looks_around_and_signs_out(
    app: PythonApp, browser: Browser, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await page.goto(app.url)
    await expect(
        page.locator("main input[name=identifier]")
    ).to_be_visible()  # the component, drawn in the app's own page
    assert (await ask_the_api(page))[0] == 401
    await sign_up(page, app, address)
    await expect(page.locator("#looks")).to_have_text("1")
    await page.reload()
    await expect(page.locator("#looks")).to_have_text("2")
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    assert (await ask_the_api(page))[0] == 200

    other = await (await browser.new_context()).new_page()
    other.set_default_timeout(30_000)
    await other.goto(app.url)
    await expect(other.locator(".cl-formButtonPrimary")).to_have_css(
        "background-color", "rgb(122, 31, 92)"
    )  # the instance's theme
    await other.locator("input[name=identifier]").fill(address)
    await other.locator(".cl-formButtonPrimary").click()
    entry = other.locator("input[name=password]:not([aria-hidden=true])")
    await expect(entry).to_be_editable()
    await entry.fill(PASSWORD)
    await other.locator(".cl-formButtonPrimary").click()
    await expect(other.locator("#email")).to_have_text(address)
    await expect(other.locator("#looks")).to_have_text("1")  # another device, a session of its own
    await other.context.close()

    await sign_out_here(page)
    await expect(page.locator("main input[name=identifier]")).to_be_visible()
    await page.goto(f"{app.url}/protected")
    await expect(page.locator("#email")).to_have_count(0)
