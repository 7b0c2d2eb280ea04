"""`GET /hello` in each framework, with and without the guard: `BENCH_APP="flask guarded"`."""

import os
from typing import Any

from sojourn import Sojourn, SojournMiddleware, SojournWsgiMiddleware
from sojourn.integrations.handle import Handle

ASYNC = ("asgi", "starlette", "fastapi", "litestar", "quart", "django-asgi")
SYNC = ("wsgi", "flask", "django-wsgi")


def make() -> Any:
    name, kind = os.environ["BENCH_APP"].split()
    remote = Sojourn.remote(os.environ["SOJOURN_URL"], os.environ["SOJOURN_PUBLISHABLE_KEY"])
    sojourn = remote if kind == "guarded" else None
    if name.startswith("django"):
        return _django(sojourn, is_async=name == "django-asgi")
    return {"asgi": _asgi, "starlette": _starlette, "fastapi": _fastapi, "litestar": _litestar, "quart": _quart,
            "wsgi": _wsgi, "flask": _flask}[name](sojourn)  # fmt: skip


def _asgi(sojourn: Handle | None) -> Any:
    from bench.apps import hello

    return SojournMiddleware(hello, sojourn) if sojourn else hello


def _starlette(sojourn: Handle | None) -> Any:
    from starlette.applications import Starlette
    from starlette.middleware import Middleware
    from starlette.requests import Request
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def hello(request: Request) -> JSONResponse:
        return JSONResponse({"hello": "world"})

    middleware = [Middleware(SojournMiddleware, sojourn=sojourn)] if sojourn else []
    return Starlette(routes=[Route("/hello", hello)], middleware=middleware)


def _fastapi(sojourn: Handle | None) -> Any:
    from bench.apps import open_app

    app = open_app()
    if sojourn:
        app.add_middleware(SojournMiddleware, sojourn=sojourn)
    return app


def _litestar(sojourn: Handle | None) -> Any:
    from litestar import Litestar, get

    from sojourn.integrations.litestar import SojournPlugin

    @get("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    return Litestar([hello], plugins=[SojournPlugin(sojourn)] if sojourn else [], logging_config=None)


def _quart(sojourn: Handle | None) -> Any:
    from quart import Quart

    from sojourn.integrations.quart import SojournQuart

    app = Quart(__name__)

    @app.get("/hello")
    async def hello() -> dict[str, str]:
        return {"hello": "world"}

    if sojourn:
        SojournQuart(app, sojourn, session_data=False)
    return app


def _wsgi(sojourn: Handle | None) -> Any:
    def hello(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("content-type", "application/json"), ("content-length", "17")])
        return [b'{"hello":"world"}']

    return SojournWsgiMiddleware(hello, sojourn) if sojourn else hello


def _flask(sojourn: Handle | None) -> Any:
    from flask import Flask

    from sojourn.integrations.flask import SojournFlask

    app = Flask(__name__)

    @app.get("/hello")
    def hello() -> dict[str, str]:
        return {"hello": "world"}

    if sojourn:
        SojournFlask(app, sojourn, session_data=False)
    return app


def _django(sojourn: Handle | None, *, is_async: bool) -> Any:
    import django
    from django.conf import settings
    from django.core.handlers.asgi import ASGIHandler
    from django.core.handlers.wsgi import WSGIHandler

    guard = ["sojourn.integrations.django.middleware.SojournMiddleware"] if sojourn else []
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["localhost"],
        ROOT_URLCONF="bench.django_urls",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes"],
        MIDDLEWARE=["django.middleware.security.SecurityMiddleware", *guard, "django.middleware.common.CommonMiddleware"],
        DATABASES={},
        SOJOURN={"SOJOURN": sojourn},
        BENCH_ASYNC=is_async,
    )
    django.setup()
    return ASGIHandler() if is_async else WSGIHandler()
