"""Makes sure that the tests have a Chromium: the installed one, else apt's when root, else Playwright's own download."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def installed() -> str | None:
    """Path of a browser on this machine; `CHROMIUM` names one that is elsewhere."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


def main() -> None:
    if installed():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False, stdout=subprocess.DEVNULL)
    if installed():
        return
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode != 0:
        sys.exit("No Chromium can be had: install the package `chromium`, or set CHROMIUM to the path of one.")


if __name__ == "__main__":
    main()
