"""Quick starts as their pages tell them: files written from the text, built with the tools of a committed lock file."""

import re
import shutil
from pathlib import Path

from tests.sdk.processes import installed

_STARTS = Path(__file__).parents[2] / "docs" / "start"
_FILE = re.compile(r"^`([\w./\[\]-]+\.\w+)`[^\n]*(?:\n[^\n`][^\n]*)*\n\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
_OF_THE_GENERATOR = (
    "package.json",
    "tsconfig.json",
    "next.config.ts",
    "index.html",
    "app/globals.css",
    "vite.config.js",
)


def files(page: str, section: str = "") -> dict[str, str]:
    """Path to content of every file that `docs/start/<page>.md`, or one section of it, tells people to write.

    A code block is a file when the paragraph above it begins with its path; one that a later section writes anew is as it
    was first.
    """
    text = (_STARTS / f"{page}.md").read_text()
    if section:
        text = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
    return dict(reversed(_FILE.findall(text)))


def written(page: str, scaffold: str, section: str = "") -> Path:
    """A fresh folder with what the framework's own generator makes and the page's files.

    It is made inside the app `scaffold`, whose packages Node finds there by walking up.
    """
    made = installed(scaffold).parent
    folder = made / ".start"
    shutil.rmtree(folder, ignore_errors=True)
    found = files(page, section)
    assert found, f"{page}.md names no files in {section or 'it'}"
    for name in _OF_THE_GENERATOR:
        if (made / name).exists():
            _write(folder / name, (made / name).read_text())
    for name, content in found.items():
        _write(folder / name, content)
    return folder


def changed(folder: Path, page: str, section: str, *edits: tuple[str, str, str]) -> None:
    """What a later section of the page does to the app: its files, and (path, before, after) for what its text says in words."""
    for name, content in files(page, section).items():
        _write(folder / name, content)
    for name, before, after in edits:
        path = folder / name
        assert before in path.read_text()
        path.write_text(path.read_text().replace(before, after))


def _write(path: Path, content: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
