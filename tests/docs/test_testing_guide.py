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


@pytest.mark.parametrize(
    ("start", "wanted"),
    [
        ("fastapi", "fastapi.testclient"), ("starlette", "fastapi.testclient"), ("litestar", "litestar.testing"),
        ("quart", "async def test_the_page_is_for_members(signed_in):\n    client = app.test_client()"),
        ("flask", "\ndef test_the_page_is_for_members(signed_in):\n    client = app.test_client()"),
        ("wsgi", "WSGITransport"), ("starlette", "ASGITransport"),
    ],
)  # fmt: skip
def test_an_example_passes_as_it_stands(start: str, wanted: str, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(_app(start))
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_app.py").write_text(next(block for block in GUIDE if wanted in block))
    command = [sys.executable, "-m", "pytest", "-q", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), str(tmp_path)]
    ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "1 passed" in ran.stdout
