"""Each quick start for Python, run from its own text: a page at `/` that leads to the protected one, which sends strangers to sign in."""

import asyncio
import re
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest

from sojourn.integrations.sojourn_client import SojournClient

_STARTS = Path(__file__).parents[2] / "docs" / "start"
_APP = re.compile(r"^`app\.py`:\n\n```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
_PAGE = {"accept": "text/html", "sec-fetch-dest": "document"}


def _made(page: str, folder: Path) -> tuple[Any, SojournClient]:
    """The app, and the server inside it."""
    found = _APP.search((_STARTS / f"{page}.md").read_text())
    assert found is not None, f"{page}.md has no app.py"
    (folder / f"{page}_start.py").write_text(found[1])
    module = import_module(f"{page}_start")
    return module.app, getattr(module, "sojourn", None) or module.app.extensions["sojourn"]


async def _asked(app: Any, sojourn: SojournClient, paths: list[str]) -> list[httpx.Response]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as client:
        answers = [await client.get(path, headers=_PAGE) for path in paths]
    await sojourn.close()
    return answers


def _of_asgi(app: Any, sojourn: SojournClient, paths: list[str]) -> list[httpx.Response]:
    return asyncio.run(_asked(app, sojourn, paths))


def _of_wsgi(app: Any, sojourn: SojournClient, paths: list[str]) -> list[httpx.Response]:
    with httpx.Client(transport=httpx.WSGITransport(app), base_url="http://localhost:8000") as client:
        answers = [client.get(path, headers=_PAGE) for path in paths]
    sojourn.close_now()
    return answers


@pytest.mark.parametrize(
    ("page", "ask"),
    [("fastapi", _of_asgi), ("flask", _of_wsgi), ("litestar", _of_asgi), ("quart", _of_asgi), ("starlette", _of_asgi)],
)
def test_a_quick_start_has_a_page_that_leads_to_the_protected_one(
    page: str,
    ask: Callable[[Any, SojournClient, list[str]], list[httpx.Response]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    home, protected, missing, *found = ask(
        *_made(page, tmp_path),
        ["/", "/protected", "/auth/nothing", "/auth/user", "/auth/sign-out", "/auth/dev/mailbox"],
    )
    assert (home.status_code, home.headers["content-type"].partition(";")[0]) == (200, "text/html")
    for path in ("/protected", "/auth/user", "/auth/sign-out"):
        assert f'<a href="{path}">' in home.text
    assert {each.status_code for each in found} == {200}
    assert missing.status_code == 404
    assert '<a href="http://localhost:8000/">Back to My application</a>' in missing.text
    assert (protected.status_code, "/sign-in?" in protected.headers["location"]) == (307, True)
