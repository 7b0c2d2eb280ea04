"""The server and the apps as processes, started as a user starts them and reached over real sockets."""

import hashlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.cli.running import SOJOURN, call

APPS = Path(__file__).parent / "apps"
_READY_SECONDS = 180
"""Until a start counts as failed. A development server answers its first request when it has compiled the page."""
_ANSWER = httpx.Timeout(60, connect=2)
_QUIET = {"NEXT_TELEMETRY_DISABLED": "1"}


@dataclass
class Process:
    """One started command; `restart` keeps its command and environment."""

    command: list[str]
    ready_url: str
    cwd: Path
    log: Path
    env: Mapping[str, str] = field(default_factory=dict)
    _running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command,
                cwd=self.cwd,
                env={**os.environ, **self.env},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if self._running.poll() is not None:
                raise AssertionError(f"{self.command} ended at once:\n{self.log.read_text()[-2000:]}")
            try:
                httpx.get(self.ready_url, timeout=_ANSWER, verify=False)  # whatever it answers, it listens
                return
            except httpx.HTTPError:
                time.sleep(0.1)  # asks again; the deadline above decides
        raise AssertionError(f"{self.command} is not ready:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        if self._running is not None and self._running.poll() is None:
            os.killpg(self._running.pid, signal.SIGTERM)
            try:
                self._running.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(self._running.pid, signal.SIGKILL)
                self._running.wait()
        self._running = None

    def kill(self) -> None:
        """As a power cut does: nothing of it runs on."""
        assert self._running is not None
        os.killpg(self._running.pid, signal.SIGKILL)
        self._running.wait()
        self._running = None

    def restart(self) -> None:
        self.stop()
        self.start()


def server(port: int, data: Path) -> Process:
    command = [str(SOJOURN), "dev", "--port", str(port), "--data", str(data)]
    return Process(command, f"http://localhost:{port}/health", data, data / "server.log")


def settings(data: Path, *assignments: str) -> None:
    """Change settings as an operator does."""
    printed("settings", "set", *assignments, data=data)


def printed(*words: str, data: Path) -> str:
    """What a command prints: a call on a thread, because this one's loop may be running. `tests/cli` has each as a process."""
    with ThreadPoolExecutor(1) as thread:
        done = thread.submit(call, *words, data=data).result()
    assert done.returncode == 0, done.stderr
    return done.stdout


def env_lines(sdk_major: int, port: int, data: Path) -> str:
    """What the guide's app has in its environment file: it has sign-in and sign-up pages of its own."""
    words = ["env", "nextjs", "--sdk-major", str(sdk_major), "--own-pages", "--port", str(port)]
    return printed(*words, data=data)


def installed(name: str) -> Path:
    """The packages of an app, as its lock file names them."""
    folder = APPS / name
    if not (folder / "node_modules").exists():
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, capture_output=True)
    return folder / "node_modules"


def next_app(name: str, env: str, port: int, log: Path) -> Process:
    """The app with only its environment file changed; built anew when that or its sources changed."""
    folder = installed(name).parent
    built(folder, env)
    return next_start(folder, port, log)


def built(folder: Path, env: str) -> None:
    """`next build` with that environment file, unless it and the sources are as they were the last time."""
    (folder / ".env.local").write_text(env)
    stamp, wanted = folder / ".next" / "built-from", _fingerprint(folder, env)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    made = subprocess.run(
        ["npx", "next", "build"], cwd=folder, env={**os.environ, **_QUIET}, capture_output=True, text=True, check=False
    )
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
    stamp.write_text(wanted)


def next_start(folder: Path, port: int, log: Path) -> Process:
    command = ["npx", "next", "start", "-p", str(port)]
    return Process(command, f"http://localhost:{port}/sign-in", folder, log, _QUIET)


def _fingerprint(folder: Path, env: str) -> str:
    digest = hashlib.sha256(env.encode())
    for path in sorted([*folder.glob("app/**/*.js"), *folder.glob("*.js"), folder / "package-lock.json"]):
        digest.update(path.read_bytes())
    return digest.hexdigest()
