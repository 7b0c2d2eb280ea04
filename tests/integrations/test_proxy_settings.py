"""An app behind a proxy: each framework's own proxy settings say where the browser is, and the guard believes them.

The proxy speaks to the app as `http://10.0.0.5:8000`; browsers are at `https://www.example.com`.
"""

from asyncio import to_thread
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import override_settings
from fastapi import FastAPI
from flask import Flask
from hypercorn.middleware import ProxyFixMiddleware
from litestar import Litestar, get
from quart import Quart
from starlette.applications import Starlette
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

from sojourn import SojournMiddleware
from sojourn.integrations.flask import SojournFlask
from sojourn.integrations.litestar import SojournPlugin
from sojourn.integrations.quart import SojournQuart
from sojourn.testing import FakeSojourn

from ..contract.adapters.apps import django

INNER = "http://10.0.0.5:8000"
PROXIED = {
    "accept": "text/html", "sec-fetch-dest": "document", "x-forwarded-proto": "https", "x-forwarded-host": "www.example.com",
    "x-forwarded-for": "203.0.113.7",
}  # fmt: skip


def back(answer: Any) -> str:
    """The page that a browser is sent back to after signing in."""
    inner = parse_qs(urlsplit(answer.headers["location"]).query)["redirect_url"][0]
    return parse_qs(urlsplit(inner).query)["redirect_url"][0]


def flask_app(sojourn: FakeSojourn, *, proxy_first: bool) -> Flask:
    app = Flask(__name__)
    if proxy_first:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1)
    SojournFlask(app, sojourn)
    if not proxy_first:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1)
    return app


@pytest.mark.parametrize("proxy_first", [True, False], ids=["ProxyFix before the guard", "ProxyFix after it"])
def test_flask_with_proxy_fix(sojourn: FakeSojourn, *, proxy_first: bool) -> None:
    client = flask_app(sojourn, proxy_first=proxy_first).test_client(use_cookies=False)
    assert back(client.get("/page?x=1", base_url=INNER, headers=PROXIED)) == "https://www.example.com/page?x=1"
    form = {"Cookie": f"__session={sojourn.signed_in().token}", "Origin": "https://www.example.com", **PROXIED}
    assert client.post("/page", base_url=INNER, headers=form).status_code == 404, "a form of the app's own page"
    foreign = {**form, "Origin": INNER}
    assert client.post("/page", base_url=INNER, headers=foreign).status_code == 403


@pytest.mark.parametrize("proxy_first", [True, False], ids=["ProxyFix before the guard", "ProxyFix after it"])
async def test_quart_with_hypercorns_proxy_fix(sojourn: FakeSojourn, *, proxy_first: bool) -> None:
    app = Quart(__name__)
    for step in (0, 1):
        if (step == 0) is proxy_first:
            app.asgi_app = ProxyFixMiddleware(app.asgi_app)  # type: ignore[assignment]
        else:
            SojournQuart(app, sojourn)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(as_asgi(app)), base_url=INNER) as client:
        assert back(await client.get("/page?x=1", headers=PROXIED)) == "https://www.example.com/page?x=1"


def as_asgi(app: Any) -> Any:
    """Quart, uvicorn and httpx each have their own type of the same thing."""
    return app


def starlette_app(sojourn: FakeSojourn) -> Any:
    app = Starlette()
    app.add_middleware(SojournMiddleware, sojourn=sojourn)
    return app


def fastapi_app(sojourn: FakeSojourn) -> Any:
    app = FastAPI()
    app.add_middleware(SojournMiddleware, sojourn=sojourn)
    return app


def litestar_app(sojourn: FakeSojourn) -> Any:
    @get("/page")
    async def page() -> str:
        return "page"

    return Litestar([page], plugins=[SojournPlugin(sojourn)])


@pytest.mark.parametrize("build", [starlette_app, fastapi_app, litestar_app], ids=["starlette", "fastapi", "litestar"])
async def test_uvicorns_proxy_headers(sojourn: FakeSojourn, build: Callable[[FakeSojourn], Any]) -> None:
    served = ProxyHeadersMiddleware(build(sojourn), trusted_hosts="127.0.0.1")  # type: ignore[arg-type]
    for peer, scheme in (("127.0.0.1", "https"), ("10.9.9.9", "http")):  # a stranger's headers are not believed
        transport = httpx.ASGITransport(as_asgi(served), client=(peer, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://www.example.com") as client:
            assert back(await client.get("/page?x=1", headers=PROXIED)) == f"{scheme}://www.example.com/page?x=1"


@pytest.mark.parametrize("is_async", [False, True], ids=["wsgi", "asgi"])
async def test_django_with_its_own_settings(
    sojourn: FakeSojourn, tmp_path_factory: pytest.TempPathFactory, *, is_async: bool
) -> None:
    folder = tmp_path_factory.getbasetemp()
    app, undo = await to_thread(django.build, sojourn, folder, is_async=is_async)
    told = {"SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"), "USE_X_FORWARDED_HOST": True}
    form = {"Cookie": f"__session={sojourn.signed_in().token}", "Origin": "https://www.example.com", **PROXIED}
    for settings, seen in ((told, "https://www.example.com"), ({}, INNER)):
        with override_settings(ALLOWED_HOSTS=["www.example.com", "10.0.0.5"], **settings):
            page = await ask(app, "GET", "/protected?x=1", PROXIED, is_async=is_async)
            assert back(page) == f"{seen}/protected?x=1"
            sent = await ask(app, "POST", "/form", form, is_async=is_async)
            assert (sent.status_code == 403) is (settings == {}), sent.text
    undo()


async def ask(app: Any, method: str, path: str, headers: dict[str, str], *, is_async: bool) -> httpx.Response:
    if not is_async:
        with httpx.Client(transport=httpx.WSGITransport(app), base_url=INNER) as client:
            return await to_thread(client.request, method, path, headers=headers)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(as_asgi(app)), base_url=INNER) as client:
        return await client.request(method, path, headers=headers)


@pytest.mark.parametrize("build", [starlette_app, fastapi_app], ids=["starlette", "fastapi"])
async def test_an_app_that_nobody_told_of_its_proxy_is_at_https_where_its_cookies_need_tls(
    build: Callable[[FakeSojourn], Any],
) -> None:
    secure = FakeSojourn(url="https://auth.example.com")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(build(secure)), base_url="http://www.example.com"
    ) as client:
        assert back(await client.get("/page?x=1", headers=PROXIED)) == "https://www.example.com/page?x=1"
