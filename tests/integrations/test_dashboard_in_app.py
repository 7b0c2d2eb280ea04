"""The dashboard of a server inside an app: an origin of its own in development, a named setting in production (R-ADM-03)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from sojourn import Sojourn, SojournMiddleware
from sojourn.secret import Secret

Send = Callable[[dict[str, Any]], Awaitable[None]]


async def _page(scope: dict[str, Any], receive: object, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<script>the page of the app</script>"})


@pytest.fixture
async def sojourn(tmp_path: Path) -> AsyncIterator[Sojourn]:
    opened = Sojourn(public_url="http://localhost:5000/auth", data=tmp_path)
    yield opened
    await opened.close()


def _browser(sojourn: Sojourn, host: str, **headers: str) -> httpx.AsyncClient:
    app = SojournMiddleware(_page, sojourn, public=["/"])  # pyright: ignore[reportArgumentType]
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 50000))  # pyright: ignore[reportArgumentType]
    return httpx.AsyncClient(transport=transport, base_url=f"http://{host}", headers=headers)


async def test_the_dashboard_has_a_host_at_which_no_page_of_the_app_is_served(sojourn: Sojourn) -> None:
    # R-ADM-03: a script of the app's page, wherever it is opened, is of another origin than the dashboard
    app, own = _browser(sojourn, "localhost:5000"), _browser(sojourn, "dashboard.localhost:5000")
    assert (await app.get("/")).status_code == 200
    assert (await own.get("/")).status_code == 421
    assert "the page of the app" not in (await own.get("/", headers={"Accept": "text/html"})).text
    moved = await app.get("/auth/dashboard/sessions", headers={"Accept": "text/html"})
    assert (moved.status_code, moved.headers["location"]) == (
        307, "http://dashboard.localhost:5000/auth/dashboard/sessions",
    )  # fmt: skip
    page = await own.get("/auth/dashboard/", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert (await own.get("/auth/sign-in", headers={"Accept": "text/html"})).status_code == 307


async def test_a_script_in_the_apps_page_cannot_ask_the_admin_api(sojourn: Sojourn) -> None:
    # R-ADM-03
    script = {"Origin": "http://localhost:5000", "Sec-Fetch-Site": "same-origin"}
    at_the_app = _browser(sojourn, "localhost:5000", **script)
    assert (await at_the_app.get("/auth/dashboard/v1/admin/me")).status_code in (403, 421)
    assert (await at_the_app.post("/auth/dashboard/v1/client/sign_ins", data={})).status_code == 421
    cross = {"Origin": "http://localhost:5000", "Sec-Fetch-Site": "cross-site"}
    at_the_dashboard = _browser(sojourn, "dashboard.localhost:5000", **cross)
    assert (await at_the_dashboard.get("/auth/dashboard/v1/admin/me")).status_code == 403
    assert (await at_the_dashboard.post("/auth/dashboard/v1/client/sign_ins", data={})).status_code == 403


@pytest.mark.parametrize("named", [False, True])
async def test_in_production_an_app_serves_it_only_by_a_named_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: bool
) -> None:
    # R-ADM-03
    for name, value in {
        "ENVIRONMENT": "production", "ROOT_KEYS": Secret.random().reveal(), "SMTP_HOST": "localhost",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'live.db'}", "DASHBOARD_IN_APP": str(named).lower(),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"SOJOURN_{name}", value)
    sojourn = Sojourn(public_url="https://app.example.com/auth", data=tmp_path)
    try:
        http = _browser(sojourn, "app.example.com")
        page = await http.get("https://app.example.com/auth/dashboard/", headers={"Accept": "text/html"})
        assert page.status_code == (200 if named else 404)
    finally:
        await sojourn.close()
