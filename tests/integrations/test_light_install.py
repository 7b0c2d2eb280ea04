"""`pip install sojourn` without the server's half: what it imports, and what it says about the rest."""

import subprocess
import sys

import pytest

_SERVER = {
    "sqlalchemy",
    "alembic",
    "asyncpg",
    "aiosqlite",
    "argon2",
    "granian",
    "typer",
    "structlog",
    "jinja2",
    "phonenumbers",
    "zxcvbn",
}
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


def test_an_app_that_has_some_of_its_packages_is_told_to_install_the_server() -> None:
    told = "import sys; sys.modules['alembic'] = sys.modules['granian'] = None; from sojourn import Sojourn; Sojourn()"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert "the server is not installed (alembic, granian): pip install 'sojourn[server]'" in ran.stderr
