"""Makes sure that the tests have a Chromium: the installed one, else apt's when root, else Playwright's own download.

Beside Debian's Chromium its build without windows is installed, if it can be had: it draws the same pages for less.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from tools.debian import install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WINDOWLESS = "chromium-headless-shell"
"""The same engine without windows, tabs and a profile, as Playwright's own download is: a page takes two thirds of the time."""


@cache
def installed() -> str | None:
    """Path of a browser on this machine that starts; None means Playwright's own. `CHROMIUM` names one elsewhere."""
    return os.environ.get("CHROMIUM") or _first(NAMES)


@cache
def windowless() -> str | None:
    """The browser for tests that use pages only; `installed` is for those that set what a person's profile holds."""
    return os.environ.get("CHROMIUM") or _first((WINDOWLESS, *NAMES))


def _first(names: Sequence[str]) -> str | None:
    paths = (shutil.which(name) for name in names)
    return next((path for path in paths if path and _starts(path)), None)


def _starts(path: str) -> bool:
    """Whether there is a browser behind the name: some systems keep a script there that only says where to get one."""
    try:
        asked = subprocess.run(
            [path, "--no-sandbox", "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0


def _playwrights_own() -> bool:
    """Whether Playwright's own browser is there and starts, after a download when it is not."""
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode != 0:
        return False
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return Path(path).exists() and _starts(path)


def _is_debians() -> bool:
    """Whether the browser is Debian's package, whose version the one without windows must have."""
    if not shutil.which("dpkg-query"):
        return False
    return subprocess.run(["dpkg-query", "--show", "chromium-common"], check=False, capture_output=True).returncode == 0


def main() -> None:
    if installed():
        if not os.environ.get("CHROMIUM") and not shutil.which(WINDOWLESS) and _is_debians():
            install(WINDOWLESS)
        return
    install("chromium", WINDOWLESS)
    install("chromium")
    installed.cache_clear()
    if not installed() and not _playwrights_own():
        sys.exit("No Chromium can be had: install the package `chromium`, or set CHROMIUM to the path of one.")


if __name__ == "__main__":
    main()
