"""A running server, the guide's app on three generations of the SDK, and a browser."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext
from pytest_asyncio import is_async_test

from tests.browser import browser, in_its_loop, launched
from tests.ports import free_port
from tests.sdk.processes import Process, env_lines, next_app, server, settings

__all__ = ["browser", "launched"]

PASSWORD = "correct horse battery staple"
_APPS = {"next13-clerk4": 4, "next15-clerk6": 6, "next15-clerk7": 7}
_UNLIMITED = 'protection.rate_limits={"create_sign_in":[1000,1],"create_sign_up":[1000,1],"attempts":[1000,1],"codes":[1000,1],"hashes":[1000,1]}'


@dataclass
class Setup:
    """One app beside one server."""

    name: str
    major: int
    url: str
    server_url: str
    data: Path
    server: Process
    app: Process

    def settings(self, *assignments: str) -> None:
        settings(self.data, *assignments)


_NEWEST = max(_APPS, key=lambda name: _APPS[name])


@pytest.fixture(
    scope="session",
    params=[name if name == _NEWEST else pytest.param(name, marks=pytest.mark.extended) for name in _APPS],
)
def setup(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    name: str = request.param
    major, server_port, app_port = _APPS[name], free_port(), free_port()
    data = tmp_path_factory.mktemp(name)
    running = server(server_port, data)
    running.start()
    settings(data, _UNLIMITED)
    app = next_app(name, env_lines(major, server_port, data), app_port, data / "app.log")
    try:
        app.start()
        yield Setup(name, major, f"http://localhost:{app_port}", f"http://localhost:{server_port}", data, running, app)
    finally:
        app.stop()
        running.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent) and is_async_test(item):
            item.add_marker(in_its_loop, append=False)


@pytest_asyncio.fixture(loop_scope="session")
async def device(browser: Browser) -> BrowserContext:
    context = await browser.new_context()
    context.set_default_timeout(30_000)
    return context


@pytest.fixture
def address() -> str:
    """Somebody new, whose codes are 424242."""
    return f"ada+clerk_test{secrets.token_hex(4)}@example.com"
