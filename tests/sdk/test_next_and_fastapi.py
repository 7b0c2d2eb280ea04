"""Next.js in front, FastAPI behind: the example's API takes the token of a signed-in page, on three generations of the SDK."""

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, expect

from tests.ports import free_port
from tests.sdk.conftest import Setup
from tests.sdk.people import fill_sign_up, sign_up, type_code
from tests.sdk.processes import Process, env_lines, installed, server
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


@pytest.fixture
def example_page(tmp_path: Path) -> Iterator[str]:
    """The example's page and API beside a server: its README's commands with nothing changed but the ports."""
    ports = {8000: free_port(), 3000: free_port(), 8080: free_port()}
    folder = tmp_path / "example"
    shutil.copytree(
        EXAMPLES / "next_and_fastapi", folder, ignore=shutil.ignore_patterns("node_modules", ".next", "*.png")
    )
    for source in (folder / "api" / "app.py", folder / "web" / "app" / "page.js"):
        text = source.read_text()
        for ours, free in ports.items():
            text = text.replace(f"localhost:{ours}", f"localhost:{free}")
        source.write_text(text)
    # what `npm install` brings is that of the newest generation's app, and is there already
    (folder / "web" / "node_modules").symlink_to(installed("next15-clerk7"))
    (folder / "web" / ".env.local").write_text(env_lines(7, ports[8000], tmp_path))
    serving = server(ports[8000], tmp_path)
    uvicorn = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(ports[8080])]
    env = keys(tmp_path, ports[8000])
    answering = Process(uvicorn, f"http://localhost:{ports[8080]}/", folder / "api", tmp_path / "api.log", env)
    url = f"http://localhost:{ports[3000]}"
    next_dev = ["npm", "run", "dev", "--", "-p", str(ports[3000])]
    drawing = Process(next_dev, url, folder / "web", tmp_path / "web.log", {"NEXT_TELEMETRY_DISABLED": "1"})
    try:
        for process in (serving, answering, drawing):
            process.start()
        yield url
    finally:
        for process in (drawing, answering, serving):
            process.stop()


async def test_the_example_signs_somebody_up_and_its_api_knows_them(
    example_page: str, device: BrowserContext, address: str
) -> None:
    page = await device.new_page()
    await page.goto(example_page)
    ask, said = page.get_by_role("button", name="Ask the API"), page.locator("#said")
    await ask.click()
    await expect(said).to_contain_text("401")
    await page.get_by_role("link", name="Sign up").click()
    await fill_sign_up(page, address)
    await type_code(page)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()
    await ask.click()
    await expect(said).to_contain_text("200")
    await expect(said).to_contain_text(await page.evaluate("window.Clerk.user.id"))
