"""How long a command takes to begin: beside an interpreter that loads only what the command cannot do without."""

import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench.lines import at_most

_RUNS = 7
_SOJOURN = str(Path(sys.executable).parent / "sojourn")


def measure(folder: Path) -> list[bool]:
    """In turns with the limits. Milliseconds, medians."""
    data = ["--data", str(folder)]
    created = [_SOJOURN, "users", "create", "--email", "ada@example.com", *data]
    subprocess.run(created, input=b"\n", check=True, capture_output=True)
    first = _medians([_SOJOURN, "--version"], "import typer")
    reading = _medians(
        [_SOJOURN, "settings", "show", *data], "import typer, sqlalchemy.ext.asyncio, alembic.command, jinja2"
    )
    return [
        at_most("command line: first word, ms", *first, 2.0),
        at_most("command line: settings show, ms", *reading, 3.0),
    ]


def _medians(command: Sequence[str], loads: str) -> tuple[float, float]:
    ours: list[float] = []
    limits: list[float] = []
    for _ in range(_RUNS):
        ours.append(_millis(command))
        limits.append(_millis([sys.executable, "-c", loads]))
    return statistics.median(ours), statistics.median(limits)


def _millis(command: Sequence[str]) -> float:
    begun = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - begun) * 1000
