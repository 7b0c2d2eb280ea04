"""Production on one machine: real mail, and a proxy in front that ends TLS for the server's name and the app's."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sojourn.secret import Secret
from tests.messages.mail_server import Inbox, certificate, mail_server
from tests.ports import free_port
from tests.sdk.processes import APPS, SOJOURN, Process, built, next_start
from tests.sdk.python_apps import EXAMPLES

ROOT = Path(__file__).parents[2]
_AUTH, _WWW = "auth.example.test", "www.example.test"


@dataclass
class Site:
    """What browsers see at `https://www.example.test`, and the operator's side of it. `variables` configure Sojourn."""

    folder: Path
    port: int
    public_url: str
    variables: dict[str, str]
    server_port: int = field(default_factory=free_port)
    app_port: int = field(default_factory=free_port)
    inbox: Inbox = field(default_factory=Inbox)

    @property
    def url(self) -> str:
        return f"https://{_WWW}:{self.port}"

    @property
    def is_beside(self) -> bool:
        return _AUTH in self.public_url

    def secret_key(self) -> str:
        """As the first start prints it, this once."""
        found = re.search(r"secret key {2,}(\S+)", (self.folder / "server.log").read_text())
        assert found is not None
        return found[1]

    def sojourn(self, *words: str, typed: str = "") -> str:
        """What one command of the operator prints."""
        env = {**os.environ, **self.variables}
        ran = subprocess.run(
            [SOJOURN, *words], input=typed, text=True, check=True, capture_output=True, env=env, cwd=self.folder
        )
        return ran.stdout

    def newest_code(self, address: str) -> str:
        return newest_code(self.inbox, address)


def newest_code(inbox: Inbox, address: str) -> str:
    """The code in the newest mail to the address. Mail is sent after the answer."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for mail in reversed(inbox.mails):
            found = re.match(r"\d{6}", mail["subject"])
            if found and mail["to"] == address:
                return found[0]
        time.sleep(0.05)  # asks again; the deadline above decides
    raise AssertionError(f"no code for {address} among {[mail['subject'] for mail in inbox.mails]}")


@contextmanager
def beside(folder: Path) -> Iterator[Site]:
    """`sojourn serve` on a name of its own, and the Next.js app built for it, with nothing changed but its environment."""
    with _site(folder, _AUTH) as (site, stack):
        internal = f"http://localhost:{site.server_port}"
        site.variables["SOJOURN_ALLOWED_HOSTS"] = f"localhost:{site.server_port}"
        serve = [str(SOJOURN), "serve", "--port", str(site.server_port)]
        server = Process(serve, f"{internal}/health", folder, folder / "server.log", site.variables)
        stack.callback(server.stop)
        server.start()
        site.sojourn("settings", "set", f'allowed_origins=["{site.url}"]')
        app = folder / "app"
        shutil.copytree(
            APPS / "next15-clerk7", app, ignore=shutil.ignore_patterns("node_modules", ".next", ".env.local")
        )
        (app / "node_modules").symlink_to(APPS / "next15-clerk7" / "node_modules")
        # the app's server does not go through the proxy: only the browser knows its names
        printed = site.sojourn("env", "nextjs", "--own-pages").replace(
            f"CLERK_API_URL={site.public_url}", f"CLERK_API_URL={internal}"
        )
        built(app, f"{printed}CLERK_SECRET_KEY={site.secret_key()}\n")
        running = next_start(app, site.app_port, folder / "app.log")
        stack.callback(running.stop)
        running.start()
        yield site


@contextmanager
def inside(folder: Path) -> Iterator[Site]:
    """The FastAPI example with Sojourn mounted below `/auth`, run as its README says, behind the proxy."""
    with _site(folder, _WWW, "/auth") as (site, stack):
        app = folder / "app"
        shutil.copytree(EXAMPLES / "fastapi_app", app, ignore=shutil.ignore_patterns("*.png", "__pycache__"))
        source = app / "app.py"
        source.write_text(source.read_text().replace("http://localhost:8000/auth", site.public_url))
        command = [sys.executable, "-m", "uvicorn", "app:app", "--port", str(site.app_port)]
        running = Process(command, f"http://localhost:{site.app_port}/", app, folder / "app.log", site.variables)
        stack.callback(running.stop)
        running.start()
        yield site


@contextmanager
def _site(folder: Path, name: str, path: str = "") -> Iterator[tuple[Site, ExitStack]]:
    port, smtp_port = free_port(), free_port()
    public_url = f"https://{name}:{port}{path}"
    site = Site(
        folder,
        port,
        public_url,
        {
            "SOJOURN_ENVIRONMENT": "production",
            "SOJOURN_PUBLIC_URL": public_url,
            "SOJOURN_DATABASE_URL": f"sqlite:///{folder}/sojourn.db",
            "SOJOURN_ROOT_KEYS": Secret.random().reveal(),
            "SOJOURN_SMTP_HOST": "127.0.0.1",
            "SOJOURN_SMTP_PORT": str(smtp_port),
            "SOJOURN_SMTP_SECURITY": "none",
            "SOJOURN_TRUSTED_PROXIES": "127.0.0.1/32",
        },
    )
    certificate(folder)
    upstreams = {_AUTH: f"http://localhost:{site.server_port}", _WWW: f"http://localhost:{site.app_port}"}
    front = Process(
        [
            sys.executable, "-m", "uvicorn", "tests.sdk.front:app", "--port", str(port), "--log-level", "warning",
            "--ssl-certfile", str(folder / "mail.pem"), "--ssl-keyfile", str(folder / "mail.key"),
        ],
        f"https://localhost:{port}/", ROOT, folder / "front.log", {"UPSTREAMS": json.dumps(upstreams)},
    )  # fmt: skip
    with ExitStack() as stack:
        stack.enter_context(mail_server(site.inbox, smtp_port))
        stack.callback(front.stop)
        front.start()
        yield site, stack
