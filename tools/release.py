"""`make release`: builds the source archive and the wheel into dist/, and checks both before anybody uploads them.

Refused are a changed checkout, a version without a dated heading in the changelog, and a tag of that version on another commit. It
uploads and tags nothing: the commands for that are printed at the end.
"""

import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

from packaging.metadata import Metadata

from tools import wheel_smoke

ROOT = Path(__file__).parent.parent
DIST = ROOT / "dist"


class Unready(Exception):
    """Why there can be no release."""


def main() -> None:
    try:
        _release()
    except Unready as reason:
        sys.exit(f"No release: {reason}")


def _release() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    if reasons := [*undated(version, (ROOT / "CHANGELOG.md").read_text()), *_unclean(version)]:
        raise Unready("\n  ".join(["", *reasons]))
    shutil.rmtree(DIST, ignore_errors=True)
    _run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-t", "wheel", "-d", str(DIST))
    wheel, sdist = next(DIST.glob("*.whl")), next(DIST.glob("*.tar.gz"))
    metadata = check_metadata(wheel)
    if str(metadata.version) != version:
        raise Unready(f"the wheel calls itself {metadata.version}, pyproject.toml {version}.")
    _check_contents(wheel, sdist)
    wheel_smoke.check(wheel, ROOT / "requirements" / "run.txt")
    print(f"\n{wheel.name} and {sdist.name} are in dist/, installed and tried. What is left:\n")
    print(f"  git tag -s v{version} -m 'Sojourn {version}' && git push origin v{version}")
    print("  uv publish dist/*")


def undated(version: str, changelog: str) -> Iterator[str]:
    """Why the changelog does not fit the version, a sentence each."""
    first = re.search(r"^## \[(\d[^\]]*)\](?: - (\S+))?$", changelog, re.MULTILINE)
    if first is None or first[1] != version:
        yield f"the newest version in CHANGELOG.md is {first[1] if first else 'none'}, pyproject.toml has {version}."
    elif not re.fullmatch(r"\d{4}-\d\d-\d\d", first[2] or ""):
        yield f"'## [{version}]' in CHANGELOG.md needs its date: '## [{version}] - 2026-01-31'."
    unreleased = re.search(r"^## \[Unreleased\]\n(.*?)(?=^## |\Z)", changelog, re.MULTILINE | re.DOTALL)
    if unreleased and re.search(r"^- ", unreleased[1], re.MULTILINE):
        yield "CHANGELOG.md still lists changes below '## [Unreleased]'; they belong to a version."


def check_metadata(wheel: Path) -> Metadata:
    """The wheel's metadata, every field valid. Raises: Unready."""
    with zipfile.ZipFile(wheel) as archive:
        name = next(member for member in archive.namelist() if member.endswith(".dist-info/METADATA"))
        try:
            return Metadata.from_email(archive.read(name), validate=True)
        except ExceptionGroup as group:
            raise Unready("; ".join(str(error) for error in group.exceptions)) from group


def _unclean(version: str) -> Iterator[str]:
    if _said("git", "status", "--porcelain"):
        yield "the checkout has changes that are not committed."
    tagged = _said("git", "tag", "--list", f"v{version}")
    if tagged and _said("git", "rev-list", "-n1", f"v{version}") != _said("git", "rev-parse", "HEAD"):
        yield f"v{version} is the tag of another commit."


def _check_contents(wheel: Path, sdist: Path) -> None:
    """Both hold the whole package, and the wheel what browsers load. Raises: Unready."""
    tracked = _said("git", "ls-files", "src/sojourn").splitlines()
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = set(archive.namelist())
    with tarfile.open(sdist) as archive:
        in_sdist = {name.partition("/")[2] for name in archive.getnames()}
    missing = [name for name in tracked if name.removeprefix("src/") not in in_wheel or name not in in_sdist]
    missing += [
        f"sojourn/ui/assets/{name}"
        for name in ("npm/manifest.json", "npm/LICENSES.txt", "dashboard/index.html", "dashboard/LICENSES.txt")
        if f"sojourn/ui/assets/{name}" not in in_wheel
    ]
    if missing:
        raise Unready(f"left out of the wheel or the source archive: {', '.join(missing[:10])}.")


def _said(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _run(*command: str) -> None:
    subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "PYTHONPATH": ""})


if __name__ == "__main__":
    main()
