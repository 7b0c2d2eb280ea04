"""Programs that the tests run and no package registry of Python has: nginx, Caddy and PgBouncer, from the system's packages."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

PROGRAMS = {"nginx": "nginx-light", "caddy": "caddy", "pgbouncer": "pgbouncer"}
"""Program and the package that has it."""

_BESIDE_PATH = (Path("/usr/sbin"), Path("/usr/local/sbin"))


def program(name: str) -> str | None:
    """The path of an installed program, also of one that only root has on its path."""
    beside = (str(folder / name) for folder in _BESIDE_PATH if (folder / name).exists())
    return shutil.which(name) or next(beside, None)


def install(*packages: str) -> None:
    """Install packages with apt, when there is apt and somebody who may use it. Services of theirs are not started."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    # runlevel 1: a package's own script asks for it before it starts a service
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for words in (["update"], ["install", "-y", *packages]):
        subprocess.run(
            ["apt-get", "-qq", *words], check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, env=quiet
        )


def main() -> None:
    missing = [name for name in PROGRAMS if program(name) is None]
    if missing:
        install(*(PROGRAMS[name] for name in missing))
    if missing := [name for name in PROGRAMS if program(name) is None]:
        sys.exit(f"The tests need {', '.join(missing)}: install {', '.join(PROGRAMS[name] for name in missing)}.")


if __name__ == "__main__":
    main()
