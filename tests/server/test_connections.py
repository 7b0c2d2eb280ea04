"""Connections that are kept and not used: browsers, proxies and HTTP clients all keep some (R-REL-03)."""

import resource
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from sojourn.secret import Secret
from tests.cli.running import SOJOURN
from tests.ports import free_port
from tests.sdk.processes import Process

KEPT = 1200
_ASKED = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"
_PRODUCTION = {
    "SOJOURN_ENVIRONMENT": "production",
    "SOJOURN_PUBLIC_URL": "https://auth.example.com",
    "SOJOURN_ROOT_KEYS": Secret.random().reveal(),
    "SOJOURN_SMTP_HOST": "127.0.0.1",
}


@pytest.fixture(params=["dev", "serve"])
def port(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[int]:
    port = free_port()
    data = f"sqlite:///{tmp_path}/sojourn.db"
    command = {
        "dev": ["dev", "--data", str(tmp_path)],
        "serve": ["serve", "--workers", "2", "--database-url", data],
    }[request.param]
    process = Process(
        [str(SOJOURN), *command, "--port", str(port)],
        f"http://localhost:{port}/health",
        tmp_path,
        tmp_path / "server.log",
        _PRODUCTION if request.param == "serve" else {},
    )
    process.start()
    yield port
    process.stop()


@pytest.fixture(autouse=True)
def files_for_both_ends() -> Iterator[None]:
    given = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(given[0], min(given[1], 4 * KEPT)), given[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, given)


def test_who_keeps_a_thousand_connections_keeps_nobody_out(port: int) -> None:  # R-REL-03
    with ExitStack() as kept:
        for number in range(KEPT):
            opened = kept.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            opened.sendall(_ASKED)
            assert opened.recv(4096).startswith(b"HTTP/1.1 200"), f"connection {number} is not answered"
        assert httpx.get(f"http://localhost:{port}/health", timeout=20).status_code == 200
