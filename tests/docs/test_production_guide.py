"""The page about production, word by word: its variables, its commands in their order, and both proxies that it configures."""

import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from sojourn.testing.databases import running_postgres
from tests.browser import FLAGS, in_its_loop
from tests.messages.mail_server import Inbox, certificate, mail_server
from tests.ports import free_port
from tests.sdk.conftest import PASSWORD
from tests.sdk.people import fill_sign_up, give_password, type_code
from tests.sdk.processes import SOJOURN, Process
from tests.sdk.production import newest_code
from tools.chromium import windowless
from tools.debian import program

PAGE = (Path(__file__).parents[2] / "docs" / "guide" / "production.md").read_text()
URL = "https://auth.example.com"


def _block(language: str, holding: str) -> str:
    """The one code block of the page in that language with that text in it."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    (found,) = [each for each in blocks if holding in each]
    return found


@dataclass(frozen=True)
class Server:
    """What the page has set up; `env` is the environment of the operator's shell."""

    folder: Path
    port: int
    env: dict[str, str]
    inbox: Inbox
    first_words: str

    def sojourn(self, line: str, *, typed: str = "") -> subprocess.CompletedProcess[str]:
        """One command of the operator, in the shell that the variables were set in."""
        return subprocess.run(
            ["bash", "-c", line], env=self.env, cwd=self.folder, input=typed, capture_output=True, text=True, check=True
        )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The page's first block, run by a shell; only the machines that it names are ours, and the port is a free one."""
    folder = tmp_path_factory.mktemp("production")
    port, smtp_port, inbox = free_port(), free_port(), Inbox()
    exports, _, serve = _block("", "export SOJOURN_PUBLIC_URL").strip().rpartition("\n")
    assert serve.startswith("sojourn serve")
    shell = {name: value for name, value in os.environ.items() if not name.startswith("SOJOURN_")}
    shell["PATH"] = f"{SOJOURN.parent}:{shell['PATH']}"
    printed = subprocess.run(
        ["bash", "-ec", f"{exports}\nenv -0"], env=shell, capture_output=True, text=True, check=True, cwd=folder
    )
    set_by_page = dict(line.split("=", 1) for line in printed.stdout.split("\0") if line.startswith("SOJOURN_"))
    with ExitStack() as stack:
        postgres = stack.enter_context(running_postgres())
        ours = {
            "SOJOURN_DATABASE_URL": postgres.url(),
            "SOJOURN_SMTP_HOST": "127.0.0.1",
            "SOJOURN_TRUSTED_PROXIES": "127.0.0.1/32",
        }
        assert ours.keys() <= set_by_page.keys()
        of_our_mail_server = {"SOJOURN_SMTP_PORT": str(smtp_port), "SOJOURN_SMTP_SECURITY": "none"}
        env = {**shell, **set_by_page, **ours, **of_our_mail_server}
        stack.enter_context(mail_server(inbox, smtp_port))
        command = ["bash", "-c", f"exec {serve} --port {port}"]
        running = Process(command, f"http://127.0.0.1:{port}/health", folder, folder / "server.log", env)
        stack.callback(running.stop)
        running.start()
        yield Server(folder, port, env, inbox, (folder / "server.log").read_text())


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(server: Server, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The proxy as the page configures it, on a free port; only ports and the certificate's place are ours."""
    folder, port = tmp_path_factory.mktemp(request.param), free_port()
    command = {"nginx": _nginx, "caddy": _caddy}[request.param](folder, port, server.port)
    running = Process(command, f"https://127.0.0.1:{port}/", folder, folder / "proxy.log", {"HOME": str(folder)})
    running.start()
    try:
        yield port
    finally:
        running.stop()


def _nginx(folder: Path, port: int, server_port: int) -> list[str]:
    certificate(folder)
    block = _block("nginx", "server_name auth.example.com")
    block = block.replace("listen 443", f"listen {port}").replace("127.0.0.1:8000", f"127.0.0.1:{server_port}")
    block = re.sub(r"ssl_certificate +\S+;", f"ssl_certificate {folder}/mail.pem;", block)
    block = re.sub(r"ssl_certificate_key +\S+;", f"ssl_certificate_key {folder}/mail.key;", block)
    kept = "".join(
        f"{kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    around = (
        f"daemon off; pid {folder}/pid; error_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{kept}{block}}}\n"
    )
    (folder / "nginx.conf").write_text(around)
    return [str(program("nginx")), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def _caddy(folder: Path, port: int, server_port: int) -> list[str]:
    block = _block("caddyfile", "auth.example.com")
    block = block.replace("127.0.0.1:8000", f"127.0.0.1:{server_port}")
    own = f"admin off\nlocal_certs\nskip_install_trust\nhttp_port {free_port()}\nhttps_port {port}\ndefault_sni auth.example.com\n"
    (folder / "Caddyfile").write_text(f"{{\n{own}}}\n{block}")
    return [str(program("caddy")), "run", "--config", str(folder / "Caddyfile")]


@pytest_asyncio.fixture(loop_scope="session")
async def page(proxy: int) -> AsyncIterator[Page]:
    """A browser for which the names of example.com are this machine's proxy."""
    rules = f"--host-resolver-rules=MAP *.example.com 127.0.0.1:{proxy}"
    flags = [flag for flag in FLAGS if not flag.startswith("--host-resolver-rules")]
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(executable_path=windowless(), args=[*flags, rules])
        context = await browser.new_context(ignore_https_errors=True)
        yield await context.new_page()
        await browser.close()


@dataclass(frozen=True)
class _There:
    url: str = URL


@in_its_loop
async def test_a_person_signs_up_by_mail_and_is_seen_by_the_operators_commands(
    server: Server, page: Page, request: pytest.FixtureRequest
) -> None:
    address = f"ada.{request.node.callspec.params['proxy']}@example.com"
    await page.goto(f"{URL}/sign-up")
    await fill_sign_up(page, address)
    await type_code(page, newest_code(server.inbox, address))
    await expect(page).to_have_url(f"{URL}/user")
    client: Any
    (client,) = [each for each in await page.context.cookies() if each.get("name") == "__Host-__client"]
    assert (client["secure"], client["httpOnly"], client["domain"]) == (True, True, "auth.example.com")
    assert address in server.sojourn("sojourn users list").stdout
    sessions = server.sojourn("sojourn sessions list --json").stdout
    assert '"ip_address": "127.0.0.1"' in sessions  # R-WEB-07: the browser's address as the proxy saw it


@in_its_loop
async def test_a_person_made_by_the_command_line_signs_in_to_the_running_server(
    server: Server, page: Page, request: pytest.FixtureRequest
) -> None:
    address = f"grace.{request.node.callspec.params['proxy']}@example.com"
    server.sojourn(f"sojourn users create {address}", typed=f"{PASSWORD}\n")
    await give_password(page, _There(), address, PASSWORD)
    await expect(page).to_have_url(f"{URL}/user")


@in_its_loop
async def test_plain_pages_and_errors_keep_their_headers_through_the_proxy(page: Page) -> None:  # R-HDR-02
    answer = await page.goto(f"{URL}/no-such-page")
    assert answer is not None
    headers = await answer.all_headers()
    assert answer.status == 404
    assert headers["strict-transport-security"].startswith("max-age=31536000")
    assert headers["x-content-type-options"] == "nosniff"


def test_every_command_of_the_page_means_the_one_application_that_serves(server: Server) -> None:
    allowed = re.search(r"^sojourn settings set .*allowed_origins.*$", PAGE, re.MULTILINE)
    assert allowed is not None
    server.sojourn(allowed[0])
    assert "https://www.example.com" in server.sojourn("sojourn settings show --json").stdout
    key = re.search(r"publishable key +(\S+)", server.first_words)
    assert key is not None
    assert f"NEXT_PUBLIC_CLERK_PUBLISHABLE_KEY={key[1]}" in server.sojourn("sojourn env nextjs").stdout
    doctor = server.sojourn("sojourn doctor").stdout
    assert "example.com" in doctor
    assert server.sojourn("sojourn keys secrets --json").stdout.count('"id"') == 1
    assert re.search(r"^sk_live_\S+$", server.sojourn("sojourn keys create-secret").stdout, re.MULTILINE)
    (applications,) = [_rows(server, "SELECT environment, public_url FROM instances WHERE kind = 'application'")]
    assert applications == [("production", URL)]


def _rows(server: Server, statement: str) -> list[tuple[object, ...]]:
    import asyncio
    from typing import cast

    import asyncpg

    async def ask() -> list[tuple[object, ...]]:
        connection = cast("Any", await asyncpg.connect(server.env["SOJOURN_DATABASE_URL"]))
        try:
            return [tuple(row) for row in await connection.fetch(statement)]
        finally:
            await connection.close()

    return asyncio.run(ask())
