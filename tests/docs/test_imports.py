"""What documents and examples tell people to import, today and in the release before."""

import ast
import importlib
import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORMER = [
    ("sojourn.integrations.handle", "Handle"),
    ("sojourn.integrations.embedded", "Sojourn"),
    *(("sojourn.integrations.gate", each) for each in ("Asked", "Elsewhere", "Gate", "SignedIn", "SignedOut")),
    ("sojourn.engine", "Sojourn"),
    ("sojourn.tokens.session_token", "Grant"),
    ("sojourn.tokens.signing_keys", "KeyRing"),
]


def _printed() -> Iterator[tuple[str, str]]:
    pages = [
        ROOT / "README.md",
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "examples").rglob("*.md"),
        *(ROOT / "examples").rglob("*.py"),
    ]
    for page in pages:
        for line in re.findall(r"^\s*(from sojourn[\w.]* import [\w, ]+)", page.read_text(), re.MULTILINE):
            (imported,) = ast.parse(line.strip().rstrip(",")).body
            assert isinstance(imported, ast.ImportFrom) and imported.module
            yield from ((imported.module, each.name) for each in imported.names)


PRINTED = sorted(set(_printed()))


@pytest.mark.parametrize(("module", "name"), PRINTED, ids=lambda each: each)
def test_every_import_that_is_printed_works(module: str, name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        assert getattr(importlib.import_module(module), name) is not None


def test_the_documents_print_imports() -> None:
    assert len(PRINTED) > 25


@pytest.mark.parametrize(("module", "name"), FORMER, ids=lambda each: each)
def test_names_of_the_release_before_work_and_say_where_they_are_now(module: str, name: str) -> None:
    home = importlib.import_module(module)
    with pytest.warns(DeprecationWarning, match=rf"{module}\.{name} is .* now; the old name goes in 0\.3"):
        assert getattr(home, name) is not None


def test_a_name_that_never_was_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nobody'"):
        importlib.import_module("sojourn.engine").Nobody  # noqa: B018
