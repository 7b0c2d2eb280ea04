"""The examples of the testing guide, run on the apps of the quick starts, as a reader would."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


def _blocks(page: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", (DOCS / page).read_text(), re.DOTALL | re.MULTILINE)


GUIDE = _blocks("guide/testing.md")
CONFTEST = next(block for block in GUIDE if "import sojourn as the_apps_own" in block)


def _app(start: str) -> str:
    """The app of a quick start; its Sojourn has a name that the tests import."""
    block = _blocks(f"start/{start}.md")[0]
    if re.search(r"^sojourn = ", block, re.MULTILINE):
        return block
    made = re.search(r'Sojourn\(public_url="[^"]*"\)', block)
    assert made is not None
    named = block.replace(made[0], "sojourn")
    return re.sub(r"^(from sojourn import .*)$", rf"\1\nsojourn = {made[0]}", named, count=1, flags=re.MULTILINE)


# each as a pytest of its own would run it, but in one process, which loads the frameworks once
RUNS_EACH = """
import os, sys
from contextlib import redirect_stdout
import pytest

for folder in sys.argv[1:]:
    os.chdir(folder)
    with open("said.txt", "w") as said, redirect_stdout(said):
        status = pytest.main(["-q", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "--rootdir", folder, folder])
        print("status", int(status))
    sys.path.remove(folder)
    for name in ("app", "conftest", "test_app"):
        del sys.modules[name]
"""
EXAMPLES = [
    ("fastapi", "fastapi.testclient"), ("starlette", "fastapi.testclient"), ("litestar", "litestar.testing"),
    ("quart", "async def test_the_page_is_for_members(signed_in):\n    client = app.test_client()"),
    ("flask", "\ndef test_the_page_is_for_members(signed_in):\n    client = app.test_client()"),
    ("wsgi", "WSGITransport"), ("starlette", "ASGITransport"),
]  # fmt: skip


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], str]:
    """What pytest printed for every example."""
    folders = {example: tmp_path_factory.mktemp(example[0]) for example in EXAMPLES}
    for (start, wanted), folder in folders.items():
        (folder / "app.py").write_text(_app(start))
        (folder / "conftest.py").write_text(CONFTEST)
        (folder / "test_app.py").write_text(next(block for block in GUIDE if wanted in block))
    command = [sys.executable, "-c", RUNS_EACH, *map(str, folders.values())]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return {example: (folder / "said.txt").read_text() for example, folder in folders.items()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"{example[0]}-{example[1]}")
def test_an_example_passes_as_it_stands(example: tuple[str, str], said: dict[tuple[str, str], str]) -> None:
    assert said[example].endswith("status 0\n"), said[example]
    assert "1 passed" in said[example]
