"""Next.js in front, FastAPI behind: the example's API takes the token of a signed-in page, on three generations of the SDK."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext

from tests.sdk.conftest import Setup
from tests.sdk.people import sign_up
from tests.sdk.processes import Process, free_port
from tests.sdk.python_apps import EXAMPLES, keys


@pytest.fixture
def api(setup: Setup, tmp_path: Path) -> Iterator[str]:
    port = free_port()
    source = (EXAMPLES / "next_and_fastapi" / "api" / "app.py").read_text().replace("http://localhost:3000", setup.url)
    (tmp_path / "app.py").write_text(source)
    server_port = int(setup.server_url.rpartition(":")[2])
    command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(port)]
    url = f"http://localhost:{port}"
    process = Process(command, f"{url}/api/protected", tmp_path, tmp_path / "api.log", keys(setup.data, server_port))
    process.start()
    yield url
    process.stop()
    shutil.rmtree(tmp_path / "__pycache__", ignore_errors=True)


async def test_the_api_takes_the_token_of_the_page_and_no_other(
    setup: Setup, api: str, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await sign_up(page, setup, address)
    asked = """async ([url, token]) => {
        const headers = { Authorization: `Bearer ${token ?? await window.Clerk.session.getToken()}` };
        const answer = await fetch(`${url}/api/protected`, { headers });
        return [answer.status, await answer.json()];
    }"""
    status, body = await page.evaluate(asked, [api, None])
    assert status == 200
    assert body["user_id"] == await page.evaluate("window.Clerk.user.id")
    status, body = await page.evaluate(asked, [api, "eyJhbGciOiJub25lIn0.e30."])
    assert status == 401
    assert body["errors"][0]["code"] == "authentication_invalid"
