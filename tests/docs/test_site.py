"""The documentation: it builds, it can be searched, and what it tells people to write is right."""

import ast
import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect
from typer.core import TyperGroup
from typer.main import get_command

from sojourn.cli.commands import app
from tests.browser import browser, in_its_loop, launched
from tests.cli.running import call

__all__ = ["browser", "launched"]

DOCS = Path(__file__).parents[2] / "docs"
PAGES = sorted(path for path in DOCS.rglob("*.md"))
READMES = [DOCS.parent / "README.md", *sorted((DOCS.parent / "examples").glob("*/README.md"))]
STARTS = ["fastapi", "starlette", "litestar", "quart", "flask", "wsgi", "nextjs-and-fastapi"]


def _blocks(page: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    built = subprocess.run(command, cwd=DOCS.parent, capture_output=True, text=True, check=False, env=quiet)
    assert built.returncode == 0, built.stdout + built.stderr  # a broken link ends it
    return folder


def test_it_can_be_searched(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text())
    titles = {each["title"] for each in index["docs"]}
    assert {"FastAPI", "Under the hood", "Session data"} <= titles
    assert "SojournMiddleware" in (site / "reference" / "python.html").read_text()


@in_its_loop
async def test_it_can_be_searched_where_it_lies_without_a_server(site: Path, browser: Browser) -> None:
    page = await browser.new_page()
    await page.goto(f"{site.as_uri()}/guide/guards.html")
    await page.locator(".md-search__input").click()
    await page.keyboard.type("handshake")
    await expect(page.locator(".md-search-result__link").filter(has_text="Token expiry")).to_be_visible()


def test_every_page_stands_in_the_navigation(site: Path) -> None:
    linked = set(re.findall(r'href="([^"#]+\.html)"', (site / "index.html").read_text()))
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    assert built - linked == {"404.html"}


def test_its_pages_fetch_nothing_from_elsewhere(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert not re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="https?://(?!squidfunk)', path.read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_python_example_is_python(page: Path) -> None:
    for block in _blocks(page):
        ast.parse(block)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_an_example_imports_of_ours_is_there(page: Path) -> None:
    for block in _blocks(page):
        for each in ast.walk(ast.parse(block)):
            if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("sojourn"):
                module = importlib.import_module(each.module or "")
                assert [name.name for name in each.names if not hasattr(module, name.name)] == []


def _commands(page: Path) -> Iterator[list[str]]:
    """The words of every `sojourn …` that a page tells people to type."""
    for language, fenced in re.findall(r"^```(\w*)\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE):
        for line in [] if language else fenced.splitlines():
            for said in re.findall(r"(?:^|&& |\$\()sojourn ((?:'[^']*'|[^)>|&#'])*)", line):
                yield shlex.split(said)


@pytest.mark.parametrize("page", [*PAGES, *READMES], ids=lambda page: f"{page.parent.name}-{page.name}")
def test_every_command_of_a_page_exists_with_its_options(page: Path) -> None:
    for words in _commands(page):
        command: Any = get_command(app)
        context = command.make_context("sojourn", list(words))
        while isinstance(command, TyperGroup):
            name, command, words = command.resolve_command(context, words)
            context = command.make_context(name, list(words), parent=context)  # raises what a person would be told


def test_the_settings_that_pages_set_are_taken(tmp_path: Path) -> None:
    told = [words[2:] for page in PAGES for words in _commands(page) if words[:2] == ["settings", "set"]]
    assert len(told) > 4
    for assignments in told:
        done = call("settings", "set", *assignments, data=tmp_path)
        assert done.returncode == 0, done.stderr


def test_djangos_quick_start_makes_a_project(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "django", "startproject", "site_of_mine", tmp_path], check=True)
    with (tmp_path / "site_of_mine" / "settings.py").open("a") as settings:
        settings.write(_blocks(DOCS / "start" / "django.md")[0])
    for words in (["check", "--fail-level", "WARNING"], ["migrate", "--verbosity", "0"]):
        done = subprocess.run(
            [sys.executable, "manage.py", *words], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "page", [DOCS.parent / "README.md", *(DOCS / "start" / f"{name}.md" for name in STARTS)], ids=lambda page: page.stem
)
def test_a_quick_start_makes_an_app(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SOJOURN_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("SOJOURN_PUBLISHABLE_KEY", "pk_test_c29qb3Vybi5sb2NhbGhvc3Qk")
    (tmp_path / "quick_start.py").write_text(_blocks(page)[0])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "quick_start", raising=False)
    made = importlib.import_module("quick_start")
    assert callable(getattr(made, "application", None) or made.app)
