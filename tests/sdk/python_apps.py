"""The Python examples as processes, each in a folder of its own with nothing changed but its port, and what people do there."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from playwright.async_api import Page, Response, expect

from tests.ports import free_port
from tests.sdk import people
from tests.sdk.processes import Process, printed, server, settings

EXAMPLES = Path(__file__).parents[2] / "examples"
_LIMITS = {"create_sign_in": [1000, 1], "create_sign_up": [1000, 1], "attempts": [1000, 1], "codes": [1000, 1],
           "hashes": [1000, 1]}  # fmt: skip
UNLIMITED = f"protection.rate_limits={json.dumps(_LIMITS)}"
_SHIFTED = """import time
right = time.time
time.time = lambda: right() + {seconds}
from app import app
"""


_COMMANDS = {
    "flask_app": ["flask", "run", "--port", "PORT"],
    "quart_app": ["quart", "run", "--port", "PORT"],
}


def example(
    name: str, folder: Path, port: int, env: Mapping[str, str] | None = None, *, clock_seconds: int = 0
) -> Process:
    """The README's command, in a folder that holds a copy of the app; `clock_seconds` is how far its clock is ahead."""
    shutil.copytree(EXAMPLES / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.png", "__pycache__"))
    for source in folder.rglob("*.py"):
        source.write_text(source.read_text().replace("localhost:8000", f"localhost:{port}"))
    module = "app"
    if clock_seconds:
        module = "shifted"
        (folder / "shifted.py").write_text(_SHIFTED.format(seconds=clock_seconds))
    command = [sys.executable, "-m", *_COMMANDS.get(name, ["uvicorn", f"{module}:app", "--port", str(port)])]
    command = [str(port) if word == "PORT" else word for word in command]
    if name == "django_app":
        command = [sys.executable, "manage.py", "runserver", "--noreload", str(port)]
        migrating = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrating, cwd=folder, env={**os.environ, **(env or {})}, check=True)
    return Process(command, f"http://localhost:{port}/", folder, folder / "app.log", env or {})


def keys(data: Path, port: int) -> dict[str, str]:
    """What `sojourn env fastapi` prints for a server's folder."""
    lines = printed("env", "fastapi", "--port", str(port), data=data).splitlines()
    return dict(line.split("=", 1) for line in lines)


@dataclass
class PythonApp:
    """The FastAPI example; `server` is the process that holds Sojourn, the app itself when that is inside."""

    url: str
    server_url: str
    data: Path
    secret_key: str
    app: Process
    server: Process

    def settings(self, *assignments: str) -> None:
        settings(self.data, *assignments)

    def revoke(self, session_id: str) -> None:
        headers = {"Authorization": f"Bearer {self.secret_key}"}
        answer = httpx.post(f"{self.server_url}/v1/sessions/{session_id}/revoke", headers=headers, timeout=60)
        assert answer.json()["status"] == "revoked"


@contextmanager
def embedded(folder: Path, *, clock_seconds: int = 0, name: str = "fastapi_app") -> Iterator[PythonApp]:
    port, data = free_port(), folder / ".sojourn"
    process = example(name, folder, port, clock_seconds=clock_seconds)
    try:
        process.start()
        settings(data, UNLIMITED)
        url = f"http://localhost:{port}"
        yield PythonApp(url, f"{url}/auth", data, keys(data, port)["SOJOURN_SECRET_KEY"], process, process)
    finally:
        process.stop()


@contextmanager
def remote(folder: Path, *, clock_seconds: int = 0, name: str = "fastapi_app") -> Iterator[PythonApp]:
    port, server_port, data = free_port(), free_port(), folder / "server"
    data.mkdir(parents=True)
    running = server(server_port, data)
    app: Process | None = None
    try:
        running.start()
        settings(data, UNLIMITED)
        env = keys(data, server_port)
        app = example(name, folder / "app", port, env, clock_seconds=clock_seconds)
        app.start()
        yield PythonApp(f"http://localhost:{port}", env["SOJOURN_URL"], data, env["SOJOURN_SECRET_KEY"], app, running)
    finally:
        if app is not None:
            app.stop()
        running.stop()


@dataclass
class Visit:
    """The documents that one page has been answered with since it was last asked to forget."""

    app: PythonApp
    answers: list[Response] = field(default_factory=list[Response])

    @classmethod
    def of(cls, page: Page, app: PythonApp) -> "Visit":
        visit = cls(app)
        page.on(
            "response", lambda answer: visit.answers.append(answer) if answer.request.is_navigation_request() else None
        )
        return visit

    @property
    def redirects(self) -> list[str]:
        """Where the app itself sent the browser; hops inside the server it was sent to are the server's own."""
        own = [answer for answer in self.answers if answer.url.startswith(self.app.url)]
        if self.app.server_url.startswith(self.app.url):
            own = [answer for answer in own if not answer.url.startswith(self.app.server_url + "/")]
        return [answer.url for answer in own if 300 <= answer.status < 400]

    @property
    def reason(self) -> str:
        return self.answers[-1].headers.get("x-clerk-auth-reason", "")


async def sign_up(page: Page, app: PythonApp, address: str) -> None:
    """From the protected page over the sign-in page and its link to a code, and back."""
    await page.goto(f"{app.url}/protected")
    await page.get_by_role("link", name="Sign up").click()
    await people.fill_sign_up(page, address)
    await people.type_code(page)
    await expect_page_of(page, app, address)


async def give_password(page: Page, app: PythonApp, address: str, password: str) -> None:
    await page.goto(f"{app.url}/protected")
    await page.locator("input[name=identifier]").fill(address)
    await page.locator(".cl-formButtonPrimary").click()
    entry = page.locator("input[name=password]:not([aria-hidden=true])")
    await expect(entry).to_be_editable()
    await entry.fill(password)
    await page.locator(".cl-formButtonPrimary").click()


async def expect_page_of(page: Page, app: PythonApp, address: str) -> None:
    await page.wait_for_url(f"{app.url}/protected")
    await expect(page.locator("#email")).to_have_text(address)
    await expect(page.locator(".cl-userButtonTrigger")).to_be_visible()


async def expect_signed_in(page: Page, app: PythonApp, address: str) -> None:
    await page.goto(f"{app.url}/protected")
    await expect_page_of(page, app, address)


async def expect_sign_in_page(page: Page) -> None:
    await expect(page).to_have_url(re.compile(r"/sign-in"))
    await expect(page.locator("input[name=identifier]")).to_be_visible()


async def ask_the_api(page: Page) -> tuple[int, dict[str, object]]:
    """Status and JSON of the protected API, as a script of the page gets them."""
    status, body = await page.evaluate(
        "fetch('/api/protected').then(async answer => [answer.status, await answer.json()])"
    )
    return status, body


async def forget_the_token(page: Page) -> None:
    kept = [each for each in await page.context.cookies() if not each.get("name", "").startswith("__session")]
    await page.context.clear_cookies()
    await page.context.add_cookies(kept)  # pyright: ignore[reportArgumentType]
