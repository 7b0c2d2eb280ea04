"""The documentation: it builds, it can be searched, and what it tells people to write is right."""

import ast
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md"))
STARTS = ["fastapi", "starlette", "litestar", "quart", "flask", "wsgi", "nextjs-and-fastapi"]


def _blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)


def test_it_builds_without_a_broken_link_and_can_be_searched(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(tmp_path)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=DOCS.parent, capture_output=True, text=True, check=False, env=quiet)
    assert built.returncode == 0, built.stdout + built.stderr
    index = json.loads((tmp_path / "search" / "search_index.json").read_text())
    titles = {each["title"] for each in index["docs"]}
    assert {"FastAPI", "Under the hood", "Session data"} <= titles
    assert "SojournMiddleware" in (tmp_path / "reference" / "python.html").read_text()


def test_its_pages_fetch_nothing_from_elsewhere(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--site-dir", str(tmp_path)]
    subprocess.run(command, cwd=DOCS.parent, check=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}, capture_output=True)
    page = (tmp_path / "index.html").read_text()
    assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://(?!squidfunk)', page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_example_is_python(page: Path) -> None:
    for block in _blocks(page):
        ast.parse(block)


@pytest.mark.parametrize("name", STARTS)
def test_a_quick_start_makes_an_app(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOJOURN_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SOJOURN_PUBLISHABLE_KEY", "pk_test_c29qb3Vybi5sb2NhbGhvc3Qk")
    (tmp_path / "quick_start.py").write_text(_blocks(DOCS / "start" / f"{name}.md")[0])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "quick_start", raising=False)
    made = importlib.import_module("quick_start")
    assert callable(getattr(made, "application", None) or made.app)
