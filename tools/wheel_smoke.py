"""`python -m tools.wheel_smoke WHEEL`: installs a built wheel as people do, in environments of its own, and asks the server for a page.

The light half alone must import without the server's packages; with them, `sojourn dev` must answer with the pages and scripts that
the wheel holds.
"""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

LIGHT = "from sojourn import Sojourn, SojournMiddleware, Verifier"
_READY_SECONDS = 60
_PAGES = ("/health", "/sign-in", "/static/theme.css")


def install(folder: Path, what: str, locked: Path | None = None) -> Path:
    """A new environment with the wheel; returns its Python. Raises: CalledProcessError.

    What is `locked` is installed before it: a file of hashes as a constraint would want the hash of the wheel too.
    """
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if locked is not None:
        subprocess.run([*pip, "--require-hashes", "--requirement", str(locked)], check=True)
    subprocess.run([*pip, what], check=True)
    return python


def serve(python: Path, folder: Path, port: int) -> None:
    """Start `sojourn dev` and ask it for its pages. Raises: CalledProcessError, OSError (it does not answer)."""
    command = [str(python.with_name("sojourn")), "dev", "--port", str(port), "--data", str(folder)]
    subprocess.run([command[0], "--version"], check=True)
    with (folder / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        _wait(f"http://localhost:{port}/health", server)
        for path in _PAGES:
            with urllib.request.urlopen(f"http://localhost:{port}{path}", timeout=10) as answer:
                print(answer.status, path)
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        try:
            urllib.request.urlopen(url, timeout=2).close()  # noqa: S310
            return
        except OSError:
            if time.monotonic() > deadline or server.poll() is not None:
                raise
            time.sleep(0.2)  # asks again; the deadline above decides


def check(wheel: Path, locked: Path | None = None) -> None:
    """Both halves; the second with what is `locked`, a file of pip's. Raises: CalledProcessError, OSError."""
    with tempfile.TemporaryDirectory() as kept, socket.socket() as asked:
        light, full, data = (Path(kept) / name for name in ("light", "full", "data"))
        subprocess.run([str(install(light, str(wheel))), "-c", LIGHT], check=True)
        data.mkdir()
        python = install(full, f"{wheel}[server]", locked)
        asked.bind(("127.0.0.1", 0))
        port = int(asked.getsockname()[1])
        asked.close()
        serve(python, data, port)


if __name__ == "__main__":
    check(Path(sys.argv[1]))
