"""The script that draws the components in pages of apps, as browsers fetch it."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest

from sojourn.engine import Sojourn
from sojourn.ui import pages
from sojourn.web.app import build

from ..people import set_up
from .browsing import SERVER

APP = {"referer": "https://www.example.com/", "sec-fetch-site": "cross-site", "sec-fetch-dest": "script"}


@pytest.fixture
async def http(engine: Sojourn) -> AsyncIterator[httpx.AsyncClient]:
    app = build(engine, pages=pages.HANDLERS)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER) as opened:  # type: ignore[arg-type]
        yield opened


async def _variables(http: httpx.AsyncClient) -> dict[str, str]:
    answer = await http.get("/static/components.js", headers=APP)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "no-cache"  # a theme that changes is seen at once
    first, rest = answer.text.split("\n", 1)
    assert rest.startswith("// Mounts the published components")
    name, _, said = first.partition(" = ")
    assert name == "window.sojournLooks"
    return json.loads(said.rstrip(";"))["appearance"]["variables"]


async def test_components_in_apps_pages_are_told_the_theme_that_hosted_pages_wear(engine: Sojourn, http: httpx.AsyncClient) -> None:
    assert (await _variables(http))["colorPrimary"] == "#2f6f4f"
    await set_up(engine, {"theme": {"color": "#7a1f5c", "border_radius": "0", "dark": True, "font_family": "Georgia, serif"}})
    told = await _variables(http)
    assert told == {
        "colorPrimary": "#7a1f5c", "colorBackground": "#16181d", "colorForeground": "#f2f4f3",
        "borderRadius": "0", "fontFamily": "Georgia, serif",
    }  # fmt: skip
    page = (await http.get("/sign-in")).text
    assert json.dumps(told, separators=(",", ":")) in page
