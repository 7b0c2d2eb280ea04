"""`GET /open` and `GET /guarded` in each framework, each in an app of its own in one process: `BENCH_APP=flask`.

One process, because two that do the same differ by as much as a guard costs.
"""

import os
from typing import Any

from sojourn import Sojourn, SojournMiddleware, SojournWsgiMiddleware
from sojourn.integrations.sojourn_client import SojournClient

ASYNC = ("asgi", "starlette", "fastapi", "litestar", "quart", "django-asgi")
SYNC = ("wsgi", "flask", "django-wsgi")

OPEN, GUARDED = "/open", "/guarded"

_STARTED = ("starlette", "fastapi", "litestar", "quart")
"""Those that have a life to begin and to end."""


def make() -> Any:
    """Both apps behind a look at the path, which costs each of them the same."""
    name = os.environ["BENCH_APP"]
    make_app = {
        "asgi": _asgi, "starlette": _starlette, "fastapi": _fastapi, "litestar": _litestar, "quart": _quart,
        "django-asgi": _django_asgi, "wsgi": _wsgi, "flask": _flask, "django-wsgi": _django_wsgi,
    }[name]  # fmt: skip
    remote = Sojourn.remote(os.environ["SOJOURN_URL"], os.environ["SOJOURN_PUBLISHABLE_KEY"])
    apps = {OPEN: make_app(OPEN, None), GUARDED: make_app(GUARDED, remote)}
    if name in SYNC:
        return lambda environ, start_response: apps[environ["PATH_INFO"]](environ, start_response)

    async def either(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await apps[scope["path"]](scope, receive, send)
        elif scope["type"] == "lifespan" and name in _STARTED:
            await apps[GUARDED](
                scope, receive, send
            )  # where a plugin takes its place; the other has nothing to begin with

    return either


def _asgi(path: str, sojourn: SojournClient | None) -> Any:
    from bench.apps import hello

    return SojournMiddleware(hello, sojourn) if sojourn else hello


def _starlette(path: str, sojourn: SojournClient | None) -> Any:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def hello(request: Request) -> JSONResponse:
        return JSONResponse({"hello": "world"})

    middleware = [Middleware(SojournMiddleware, sojourn=sojourn)] if sojourn else []
    return Starlette(routes=[Route(path, hello)], middleware=middleware)


def _fastapi(path: str, sojourn: SojournClient | None) -> Any:
    from fastapi import FastAPI

    app = FastAPI()

    @app.get(path)
    async def hello() -> dict[str, str]:  # pyright: ignore[reportUnusedFunction]
        return {"hello": "world"}

    if sojourn:
        app.add_middleware(SojournMiddleware, sojourn=sojourn)
    return app


def _litestar(path: str, sojourn: SojournClient | None) -> Any:
    from litestar import Litestar, get

    from sojourn.integrations.litestar import SojournPlugin

    @get(path)
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    return Litestar([hello], plugins=[SojournPlugin(sojourn)] if sojourn else [], logging_config=None)


def _quart(path: str, sojourn: SojournClient | None) -> Any:
    from quart import Quart

    from sojourn.integrations.quart import SojournQuart

    app = Quart(__name__)

    @app.get(path)
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    if sojourn:
        SojournQuart(app, sojourn, session_data=False)
    return app


def _wsgi(path: str, sojourn: SojournClient | None) -> Any:
    def hello(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("content-type", "application/json"), ("content-length", "17")])
        return [b'{"hello":"world"}']

    return SojournWsgiMiddleware(hello, sojourn) if sojourn else hello


def _flask(path: str, sojourn: SojournClient | None) -> Any:
    from flask import Flask

    from sojourn.integrations.flask import SojournFlask

    app = Flask(__name__)

    @app.get(path)
    def hello() -> dict[str, str]:
        return {"hello": "world"}

    if sojourn:
        SojournFlask(app, sojourn, session_data=False)
    return app


def _django_asgi(path: str, sojourn: SojournClient | None) -> Any:
    return _django(sojourn, is_async=True)


def _django_wsgi(path: str, sojourn: SojournClient | None) -> Any:
    return _django(sojourn, is_async=False)


def _django(sojourn: SojournClient | None, *, is_async: bool) -> Any:
    """A handler reads the list of middleware once, when it is made."""
    import django
    from django.conf import settings
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler

    if not settings.configured:
        settings.configure(
            SECRET_KEY="bench",
            ALLOWED_HOSTS=["localhost"],
            ROOT_URLCONF="bench.django_urls",
            INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
            DATABASES={},
            BENCH_ASYNC=is_async,
        )
        django.setup()
    guard = ["sojourn.integrations.django.middleware.SojournMiddleware"] if sojourn else []
    settings.SOJOURN = {"SOJOURN": sojourn}
    settings.MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        *guard,
        "django.middleware.common.CommonMiddleware",
    ]
    return ASGIHandler() if is_async else WSGIHandler()
