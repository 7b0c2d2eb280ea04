"""`pip install sojourn` without the server's half: what it imports, and what it says about the rest."""

import subprocess
import sys

import pytest

_SERVER = {"sqlalchemy", "alembic", "asyncpg", "aiosqlite", "argon2", "granian", "typer", "structlog", "jinja2", "phonenumbers", "zxcvbn"}
_ADAPTERS = {
    "sojourn": "from sojourn import Sojourn, SojournMiddleware, SojournWsgiMiddleware, Verifier",
    "asgi": "import sojourn.integrations.asgi",
    "starlette": "import sojourn.integrations.starlette",
    "fastapi": "import sojourn.integrations.fastapi",
    "backend": "from sojourn.backend import AsyncBackend, Backend",
    "testing": "from sojourn.testing import FakeClock, FakeSojourn",
}


@pytest.mark.parametrize("name", _ADAPTERS)
def test_an_app_beside_a_server_imports_nothing_of_the_server(name: str) -> None:
    code = f"import sys; {_ADAPTERS[name]}; print(*{{each.partition('.')[0] for each in sys.modules}})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    imported = set(ran.stdout.split())
    assert not imported & _SERVER
    assert "litestar" not in imported
    assert "httpx" not in imported  # fetched when the server is first asked
