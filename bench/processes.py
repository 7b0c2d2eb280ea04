"""Servers under measure: one worker, one core, started as an operator starts them."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
_READY_SECONDS = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


_CORES = sorted(os.sched_getaffinity(0))
SERVERS, OWN = (set(_CORES[:1]), set(_CORES[1:])) if len(_CORES) > 1 else (set(_CORES), set(_CORES))
"""The core of every server, of which only one has work at a time, and those of the process that measures."""


@contextmanager
def running(
    command: list[str], port: int, log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[psutil.Process]:
    """The process, once its port answers; ended with its children."""
    os.sched_setaffinity(0, OWN)
    with log.open("ab") as out:
        started = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=out, env={**os.environ, **(variables or {})},
            preexec_fn=lambda: os.sched_setaffinity(0, SERVERS),
        )  # fmt: skip
    process = psutil.Process(started.pid)
    try:
        _await_port(port, started, log)
        yield process
    finally:
        for running_process in (*process.children(recursive=True), process):
            running_process.terminate()
        started.wait()


def _await_port(port: int, started: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline:
        if started.poll() is not None:
            raise SystemExit(f"{started.args} ended:\n{log.read_text()[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"{started.args} is not ready:\n{log.read_text()[-2000:]}")


def granian(app: str, port: int, interface: str = "asgi") -> list[str]:
    """The command that serves an application as `sojourn serve` serves ours."""
    return [
        str(BIN / "granian"), app, "--interface", interface, "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--log-level", "warning", *(["--blocking-threads", "1"] if interface == "wsgi" else []),
    ]  # fmt: skip
