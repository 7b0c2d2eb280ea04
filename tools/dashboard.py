"""The checks of the dashboard's own sources, as `make check` runs them: `python -m tools.dashboard`.

Types (`tsc`), lint and format (`biome`), unit tests (`vitest`), and the size of the first load of the built page.
"""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parent.parent
CHECKS = ("types", "lint", "test")


def _build_hook() -> ModuleType:
    """The script that builds what browsers load; the wheel build finds it by its path, and so it is in no package."""
    spec = importlib.util.spec_from_file_location("build_hook", ROOT / "frontend" / "build_hook.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def installed() -> Path:
    """The packages of the dashboard, as its lock file pins them."""
    hook = _build_hook()
    hook.install_dashboard()
    return hook.DASHBOARD / "node_modules"


def main() -> int:
    hook = _build_hook()
    try:
        hook.install_dashboard()
        for check in CHECKS:
            hook.npm(hook.DASHBOARD, "run", "--silent", check)
        hook.npm(hook.DASHBOARD, "run", "--silent", "size", "--", str(hook.BUILT))
    except subprocess.CalledProcessError as failed:
        return failed.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
