"""`make test`: the tests in parts, each a pytest of its own, several at a time.

First the contract of the stores, alone: races show best while the machine has nothing else to do. Then the rest in a queue, the
longest first. A part that passes is one line; the report of one that fails is printed in full. Reports are kept in `.make/tests/`.
"""

import argparse
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
REPORTS = ROOT / ".make" / "tests"

AT_ONCE = 3
"""On two cores: a browser waits more than it works, but not on a page that no core has time for."""

FIRST = ("contract", ["tests/contract", "--ignore=tests/contract/adapters"])

PYTHON = {
    "adapters": ["tests/contract/adapters", "tests/integrations", "tests/kit", "tests/examples"],
    "commands": ["tests/cli", "tests/server", "tests/packaging", "tests/docs", "tests/source"],
    "wire": ["tests/wire", "tests/openapi", "tests/attacks"],
}
"""Part to folders; what stands in none is the part `domains`."""

BROWSER = {
    "next": ["test_no_loops.py", "test_profile_and_recovery.py", "test_the_guides_app.py", "test_next_and_fastapi.py"],
    "python apps": ["test_python_apps.py", "test_python_loops.py"],
    "examples": ["test_examples.py", "test_by_hand.py", "test_upgrade.py"],
    "sdks": ["test_published_sdks.py", "test_quick_starts.py", "test_next_proxy.py"],
    "production": ["test_production.py", "test_node_backend.py", "test_without_scripts.py"],
}
"""Part to files of `tests/sdk`; what stands in none is the part `pages`. Files that build the same app are in one part."""

ORDER = (
    "browser next", "browser python apps", "adapters", "browser examples", "wire", "browser production", "commands",
    "browser sdks", "domains", "browser pages",
)  # fmt: skip
"""The longest first, and never only browsers at once: what a person waits for on a page has its time there too."""

MAJORS = ("next13", "clerk6")
"""Older majors of the SDK, as test ids name them: parts of their own for `make test-all`."""


@dataclass(frozen=True, slots=True)
class Part:
    name: str
    words: Sequence[str]

    @property
    def report(self) -> Path:
        return REPORTS / f"{self.name.replace(' ', '-')}.log"


@dataclass(frozen=True, slots=True)
class Outcome:
    part: Part
    failed: bool
    seconds: float
    cpu: float
    last_line: str


def parts(*, extended: bool) -> list[Part]:
    """Everything but the part that runs first, the longest first. Every test is in exactly one part."""
    newest = ["-k", " and ".join(f"not {major}" for major in MAJORS)] if extended else ["-m", "not extended"]
    gate = [] if extended else ["-m", "not extended"]
    browser = {name: [f"tests/sdk/{file}" for file in files] for name, files in BROWSER.items()}
    browser["pages"] = ["tests/sdk", *_without(BROWSER, "tests/sdk/")]
    python = dict(PYTHON)
    python["domains"] = ["tests", "--ignore=tests/sdk", "--ignore=tests/contract", *_without(PYTHON, "")]
    older = [Part(f"browser {major}", ["tests/sdk", "-k", major]) for major in MAJORS if extended]
    every = [
        *(Part(f"browser {name}", [*words, *newest]) for name, words in browser.items()),
        *(Part(name, [*words, *gate]) for name, words in python.items()),
    ]
    return [*older, *sorted(every, key=lambda part: ORDER.index(part.name))]


def _without(named: dict[str, list[str]], folder: str) -> list[str]:
    return [f"--ignore={folder}{word}" for words in named.values() for word in words]


def run(part: Part) -> Outcome:
    command = [sys.executable, "-m", "pytest", *part.words, "--durations=15"]
    begun = time.monotonic()
    with part.report.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    lines = part.report.read_text(errors="replace").splitlines()
    return Outcome(
        part, process.returncode != 0, time.monotonic() - begun, _cpu(used), lines[-1].strip("= ") if lines else ""
    )


def _cpu(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


def _tell(outcome: Outcome, lock: threading.Lock) -> Outcome:
    with lock:
        verdict = "FAILED" if outcome.failed else "passed"
        told = f"{verdict}  {outcome.part.name:22} {outcome.seconds:5.0f} s, of processors {outcome.cpu:4.0f} s"
        print(f"{told}  {outcome.last_line}", flush=True)
    return outcome


def main(*words: str) -> int:
    parser = argparse.ArgumentParser(description="The tests in parts, several at a time.")
    parser.add_argument("--all", action="store_true", help="with those that only `make test-all` runs")
    extended = parser.parse_args(words).all
    REPORTS.mkdir(parents=True, exist_ok=True)
    for old in REPORTS.glob("*.log"):
        old.unlink()
    lock = threading.Lock()
    first = Part(FIRST[0], [*FIRST[1], *([] if extended else ["-m", "not extended"])])
    print(
        f"First the contract of the stores, then {len(ORDER)} parts, {AT_ONCE} at a time; reports: {REPORTS}",
        flush=True,
    )
    outcomes = [_tell(run(first), lock)]
    with ThreadPoolExecutor(AT_ONCE) as queue:
        outcomes += queue.map(lambda part: _tell(run(part), lock), parts(extended=extended))
    failed = [outcome.part for outcome in outcomes if outcome.failed]
    for part in failed:
        print(f"\n{part.name}: python -m pytest {' '.join(part.words)}\n")
        print(part.report.read_text(errors="replace"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
