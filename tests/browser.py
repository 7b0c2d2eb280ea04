"""A real browser for the tests: the machine's Chromium, quiet and without a sandbox for the sake of containers."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Error, async_playwright, expect

from tools.chromium import windowless

expect.set_options(timeout=30_000)

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP *.example.test 127.0.0.1",
]  # fmt: skip

_CALLS = """() => performance.getEntriesByType('resource').filter(each => each.name.includes('/v1/') || !(each.responseStatus < 400 && each.responseStatus))
    .map(each => `${Math.round(each.startTime)} ms +${Math.round(each.duration)} ${each.responseStatus} ${each.name}`).join('\\n')"""
"""What a page has asked the server, and what became of it."""

in_its_loop = pytest.mark.asyncio(loop_scope="session")
"""For tests with a browser: what Playwright hands out belongs to the loop that it was started in."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def launched() -> AsyncIterator[Browser]:
    """One process for all tests: to start it costs as much as a short test."""
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=windowless(), args=FLAGS)
        yield chromium
        await chromium.close()


@pytest_asyncio.fixture(loop_scope="session")
async def browser(launched: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Browser]:
    """Its contexts share nothing, neither cookies nor caches; those of a test are closed with it, and shown if it failed."""
    failed_before = request.session.testsfailed
    yield launched
    for context in launched.contexts:
        if request.session.testsfailed > failed_before:
            for page in context.pages:
                try:
                    print(page.url, await page.locator("body").aria_snapshot(), await page.evaluate(_CALLS), sep="\n")
                except Error as error:  # a page that has crashed says that much
                    print(page.url, error.message, sep="\n")
        await context.close()
