"""Where the middleware was forgotten, or stands behind what asks for the session: nobody is let in, and the error says what to do."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from flask import Flask
from litestar import Litestar, get
from litestar.di import Provide
from quart import Quart
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sojourn.integrations import flask, litestar, quart, starlette
from sojourn.integrations.asgi import visit
from sojourn.integrations.fastapi import CurrentSession, OptionalSession, requires


async def _asgi(app: Any, path: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000") as client:
        await client.get(path, headers={"authorization": "Bearer x"})


def _fastapi() -> Any:
    app = FastAPI()

    @app.get("/session")
    async def session(session: CurrentSession) -> str:
        return "let in"

    @app.get("/optional")
    async def optional(session: OptionalSession) -> str:
        return "let in"

    @app.get("/role", dependencies=[requires(role="admin")])
    async def role() -> str:
        return "let in"

    return app


def _starlette() -> Any:
    @starlette.session_required
    async def guarded(request: Request) -> Response:
        return PlainTextResponse("let in")

    return Starlette(routes=[Route("/guarded", guarded)])


def _litestar() -> Any:
    @get(
        "/guarded", guards=[litestar.requires()], dependencies={"session": Provide(lambda: None, sync_to_thread=False)}
    )
    async def guarded() -> str:
        return "let in"

    return Litestar([guarded], debug=False, pdb_on_exception=False, logging_config=None)


@pytest.mark.parametrize("path", ["/session", "/optional", "/role"])
async def test_in_fastapi(path: str) -> None:
    with pytest.raises(RuntimeError, match="Put it first"):
        await _asgi(_fastapi(), path)


async def test_in_starlette_and_plain_asgi() -> None:
    with pytest.raises(RuntimeError, match="Put it first"):
        await _asgi(_starlette(), "/guarded")
    with pytest.raises(RuntimeError, match="Put it first"):
        visit({"type": "http", "headers": [], "state": {"session": "forged", "sojourn": "forged"}})


async def test_in_litestar() -> None:
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(_litestar()), base_url="http://localhost:8000"
    ) as client:
        refused = await client.get("/guarded")
    assert (refused.status_code, "let in" in refused.text) == (500, False)


async def test_in_quart() -> None:
    app = Quart(__name__)

    @app.get("/guarded")
    @quart.session_required
    async def guarded() -> str:
        return "let in"

    refused = await app.test_client().get("/guarded")
    assert (refused.status_code, "let in" in await refused.get_data(as_text=True)) == (500, False)


@pytest.mark.parametrize(
    "ask",
    [
        lambda: flask.session_required(lambda: "let in")(),
        lambda: flask.current_session.user_id,
        lambda: flask.current_user.name,
    ],
)
def test_in_flask(ask: Callable[[], object]) -> None:
    with Flask(__name__).test_request_context("/"), pytest.raises(RuntimeError, match="Put it first"):
        ask()


def test_in_django_and_where_its_order_is_wrong(tmp_path_factory: pytest.TempPathFactory) -> None:
    from ..contract.adapters.apps import django as app

    app.configure(tmp_path_factory.getbasetemp())
    from django.test import Client, override_settings

    ours, djangos = "sojourn.integrations.django.middleware.", "django.contrib.sessions.middleware.SessionMiddleware"
    for wrong in (
        [],
        [ours + "SessionMiddleware", ours + "SojournMiddleware"],
        [djangos, ours + "AuthenticationMiddleware"],
    ):
        with override_settings(MIDDLEWARE=wrong), pytest.raises(RuntimeError, match="Put it first"):
            Client(headers={"host": "localhost"}).get("/open/guarded")
