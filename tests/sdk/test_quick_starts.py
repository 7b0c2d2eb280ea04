"""Every quick start for JavaScript, run from its own text: built, opened, and left again."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.sdk.people import fill_sign_up, press_in_app, sign_out_here, type_code
from tests.sdk.processes import APPS
from tests.sdk.quick_starts import files, written
from tests.sdk.sdk_apps import KINDS, Kind, SdkApp, running

_NEXT = "node_modules/next/dist/bin/next"
_STARTS = {
    "nextjs": ("nextjs", "", Kind("nextjs", "next16-clerk7", (_NEXT, "build"), (_NEXT, "start", "-p", "PORT"))),
    "Without a framework": ("javascript", "Without a framework", replace(KINDS["react"], folder="clerk-js-vite", apis=())),
    **{
        section: ("javascript", section, replace(KINDS[sdk], apis=()))
        for section, sdk in {
            "React": "react", "Vue": "vue", "Nuxt": "nuxt", "Astro": "astro", "React Router": "react-router",
            "TanStack Start": "tanstack-start",
        }.items()
    },
}  # fmt: skip


@pytest.fixture(scope="module", params=[pytest.param(name, marks=pytest.mark.extended) for name in _STARTS])
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SdkApp]:
    page, section, kind = _STARTS[request.param]
    folder: Path = tmp_path_factory.mktemp("start")
    with running(kind, folder, written(page, kind.folder, section)) as started:
        yield started


async def test_a_quick_start_ends_with_a_page_a_way_in_and_a_way_out(
    app: SdkApp, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await page.goto(app.url)
    await press_in_app(page, "Sign up")
    await page.wait_for_url(f"{app.server_url}/sign-up**")
    await fill_sign_up(page, address)
    await type_code(page)
    await page.wait_for_url(f"{app.url}/**")
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    for path in ("/protected", "/api/protected"):
        answer = await page.request.get(f"{app.url}{path}")
        if answer.status != 404:  # not every page of the text has both
            assert answer.status == 200
    await sign_out_here(page)
    await expect(page.get_by_role("button", name="Sign in")).to_be_visible()


def test_the_apis_of_the_quick_starts_are_those_that_the_browser_tests_ask() -> None:
    for name in ("express", "hono", "fastify"):
        assert files("javascript", name.capitalize()) == {f"{name}.js": (APPS / "node-apis" / f"{name}.js").read_text()}
