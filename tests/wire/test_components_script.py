"""The script that draws the components in pages of apps, as browsers fetch it."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from sojourn.engine import Engine
from sojourn.ui import pages
from sojourn.web.app import build

from ..people import set_up
from .browsing import SERVER

APP = {"referer": "https://www.example.com/", "sec-fetch-site": "cross-site", "sec-fetch-dest": "script"}


@pytest.fixture
async def http(engine: Engine) -> AsyncIterator[httpx.AsyncClient]:
    app = build(engine, pages=pages.HANDLERS)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=SERVER) as opened:  # type: ignore[arg-type]
        yield opened


async def _looks(http: httpx.AsyncClient) -> dict[str, Any]:
    answer = await http.get("/static/components.js", headers=APP)
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["cache-control"] == "no-cache"  # a theme that changes is seen at once
    first, rest = answer.text.split("\n", 1)
    assert rest.startswith("// Mounts the published components")
    assert "window.sojournKeepsFields = " in rest  # an app's page loads one script
    name, _, said = first.partition(" = ")
    assert name == "window.sojournLooks"
    return json.loads(said.rstrip(";"))


async def test_components_in_apps_pages_are_told_the_theme_that_hosted_pages_wear(
    engine: Engine, http: httpx.AsyncClient
) -> None:
    looks = await _looks(http)
    assert (looks["scheme"], looks["light"]["variables"]["colorPrimary"]) == ("system", "#2f6f4f")
    theme = {"color": "#7a1f5c", "background_color": "#fffdf5", "border_radius": "0", "font_family": "Georgia, serif"}
    await set_up(engine, {"theme": {**theme, "scheme": "light"}})
    looks = await _looks(http)
    told = looks["light"]["variables"]
    assert (looks["scheme"], told["colorPrimary"], told["colorBackground"]) == ("light", "#7a1f5c", "#fffdf5")
    for each in (told, looks["dark"]["variables"]):
        assert (each["borderRadius"], each["fontFamily"]) == ("0", "Georgia, serif")
    page = (await http.get("/sign-in")).text
    assert json.dumps(told, separators=(",", ":")) in page
    await set_up(engine, {"theme": {"dark": True}})  # the older word for it
    assert (await _looks(http))["scheme"] == "dark"


async def test_a_page_of_an_app_loads_the_owners_colours(http: httpx.AsyncClient) -> None:
    answer = await http.get("/static/theme.css", headers=APP)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "--page: " in answer.text
