"""The page of errors shows every error there is, where it stands in the tree."""

import ast
import importlib
import os
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import sojourn.errors
from sojourn.errors import SeveralErrors, SojournError
from sojourn.web.errors import status_of

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "errors.md"
FILES = [each.name for each in pkgutil.iter_modules(sojourn.errors.__path__)]
BEGINNING = """\
# Errors

Everything Sojourn refuses is a `SojournError`, importable from `sojourn.errors`. Catch the narrowest that you can do something about: whoever
catches `Forbidden` catches all that stand below it. `code` is public and stable, `message` says what was wrong, `long_message` what to do about
it, `param` names the field at fault, and `meta` holds what an SDK reads beside it.

Each line of the tree is a class, its `code`, and the HTTP status it becomes. This page is written by `tests/docs/test_errors.py`.
"""


def test_the_page_draws_the_tree_of_errors() -> None:
    drawn = "\n".join(_tree(SojournError))
    page = f"{BEGINNING}\n```text\n{drawn}\n```\n\n{_by_file()}"
    if os.environ.get("SOJOURN_WRITE_DOCS"):
        PAGE.write_text(page)
    assert PAGE.read_text() == page, "write it anew: SOJOURN_WRITE_DOCS=1 pytest tests/docs/test_errors.py"


def test_every_error_of_every_kind_is_importable_from_one_place() -> None:
    for file in FILES:
        for name in _classes(file):
            kind = getattr(sojourn.errors, name)
            assert kind is getattr(importlib.import_module(f"sojourn.errors.{file}"), name)
            assert name in sojourn.errors.__all__


def _tree(kind: type[SojournError], before: str = "", line: str = "") -> Iterator[str]:
    yield f"{line}{kind.__name__}".ljust(36) + f"{kind.code}".ljust(42) + _status(kind)
    below = [each for each in kind.__subclasses__() if each.__module__.startswith("sojourn.errors.")]
    below.sort(key=lambda each: each.__name__)
    for number, each in enumerate(below, 1):
        is_last = number == len(below)
        yield from _tree(each, before + ("   " if is_last else "│  "), before + ("└─ " if is_last else "├─ "))


def _status(kind: type[SojournError]) -> str:
    return "that of its first" if kind is SeveralErrors else str(status_of(kind.__new__(kind)))


def _by_file() -> str:
    lines = ["| File in `src/sojourn/errors` | Holds | Errors |", "|---|---|---|"]
    for file in FILES:
        about = ast.get_docstring(_parsed(file)) or ""
        lines.append(f"| `{file}.py` | {about} | {', '.join(f'`{name}`' for name in _classes(file))} |")
    return "\n".join(lines) + "\n"


def _classes(file: str) -> list[str]:
    return [node.name for node in _parsed(file).body if isinstance(node, ast.ClassDef)]


def _parsed(file: str) -> ast.Module:
    return ast.parse((Path(sojourn.errors.__path__[0]) / f"{file}.py").read_text())
