"""A real browser for the tests: the machine's Chromium, quiet and without a sandbox for the sake of containers."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser, async_playwright

from tools.chromium import installed

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Started anew for each test, because what Playwright hands out belongs to the loop of one test."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=installed(), args=FLAGS)
        yield launched
        await launched.close()
