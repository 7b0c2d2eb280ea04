"""Makes sure that the tests have a Chromium: the installed one, else apt's when root, else Playwright's own download."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

from tools.debian import install

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@cache
def installed() -> str | None:
    """Path of a browser on this machine that starts; None means Playwright's own. `CHROMIUM` names one elsewhere."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named
    paths = (shutil.which(name) for name in NAMES)
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


def main() -> None:
    if installed():
        return
    install("chromium")
    installed.cache_clear()
    if not installed() and not _playwrights_own():
        sys.exit("No Chromium can be had: install the package `chromium`, or set CHROMIUM to the path of one.")


if __name__ == "__main__":
    main()
