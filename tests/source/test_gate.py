"""`make test` runs every test once: its parts share nothing and leave nothing out."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tools.gate import FIRST, ROOT, Part, parts

FILES = sorted(path.relative_to(ROOT) for path in (ROOT / "tests").rglob("test_*.py"))
FIRST_PART = Part(*FIRST)


def _runs(words: Sequence[str], file: Path) -> bool:
    """Whether pytest collects the file when told so."""
    ignored = [Path(word.removeprefix("--ignore=")) for word in words if word.startswith("--ignore=")]
    named = [Path(word) for word in words if word.startswith("tests")]
    return any(file.is_relative_to(each) for each in named) and not any(file.is_relative_to(each) for each in ignored)


@pytest.mark.parametrize("extended", [False, True])
def test_every_test_file_is_in_one_part(extended: bool) -> None:
    every = [
        FIRST_PART,
        *(part for part in parts(extended=extended) if "clerk6" not in part.name and "next13" not in part.name),
    ]
    for file in FILES:
        assert len([part.name for part in every if _runs(part.words, file)]) == 1, file


def test_what_a_part_names_is_there() -> None:
    for part in (FIRST_PART, *parts(extended=True)):
        for word in part.words:
            path = word.removeprefix("--ignore=")
            assert not path.startswith("tests") or (ROOT / path).exists(), path


def test_older_majors_of_the_sdk_are_parts_of_their_own_and_in_no_other() -> None:
    for part in parts(extended=True):
        if part.name.startswith("browser"):
            chosen = part.words[list(part.words).index("-k") + 1]
            assert chosen in ("next13", "clerk6", "not next13 and not clerk6")
