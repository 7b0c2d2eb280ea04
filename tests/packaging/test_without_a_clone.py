"""A start without a clone: the wheel by its name, run by uv, which installs it into an environment of its own."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from tests.ports import free_port
from tests.sdk.processes import Process

ROOT = Path(__file__).parents[2]
UVX = Path(sys.executable).parent / "uvx"


def test_the_wheel_starts_a_development_server_in_an_empty_folder(tmp_path: Path) -> None:
    built = tmp_path / "dist"
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", built],
        cwd=ROOT, env={**os.environ, "SOJOURN_SKIP_FRONTEND": "1"}, check=True, capture_output=True,
    )  # fmt: skip
    wheel, port, home = next(built.glob("*.whl")), free_port(), tmp_path / "project"
    home.mkdir()
    as_uvx = [
        str(UVX),
        "--python",
        sys.executable,
        "--constraints",
        str(ROOT / "requirements/run.txt"),
        "--from",
        f"{wheel}[server]",
    ]
    environment = {"UV_CACHE_DIR": str(tmp_path / "cache"), "UV_TOOL_DIR": str(tmp_path / "tools")}
    told = subprocess.run(
        [*as_uvx, "sojourn", "--version"], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    assert told.stdout.startswith("sojourn ")
    command = [*as_uvx, "sojourn", "dev", "--port", str(port)]
    server = Process(command, f"http://localhost:{port}/health", home, tmp_path / "server.log", environment)
    server.start()
    try:
        page = httpx.get(f"http://localhost:{port}/sign-in", timeout=60)
        assert page.status_code == 200 and "<title>" in page.text
    finally:
        server.stop()
    assert (home / ".sojourn" / "sojourn.db").exists()
