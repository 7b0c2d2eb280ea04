"""Starlette."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

from starlette.applications import Starlette
from starlette.endpoints import HTTPEndpoint
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import BaseRoute, Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sojourn import SojournMiddleware
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.integrations.starlette import session_of, session_required, user_of

from . import PUBLIC


async def show(request: Request) -> JSONResponse:
    session = session_of(request)
    return JSONResponse({"user": session.user_id if session else None})


async def me(request: Request) -> JSONResponse:
    user = await user_of(request)
    assert user is not None
    return JSONResponse({"email": user.email})


class Guarded(HTTPEndpoint):
    @session_required()
    async def get(self, request: Request) -> JSONResponse:
        return await show(request)


@session_required(role="admin")
async def admin(request: Request) -> JSONResponse:
    return await show(request)


@session_required(permission="invoices:write")
def may(request: Request) -> JSONResponse:
    return JSONResponse({"user": request.state.session.user_id})


@session_required(organization=True)
async def team(request: Request) -> JSONResponse:
    return await show(request)


@session_required(max_age=timedelta(minutes=10))
async def fresh(request: Request) -> JSONResponse:
    return await show(request)


async def broken(request: Request) -> JSONResponse:
    raise ZeroDivisionError


async def stream(request: Request) -> StreamingResponse:
    async def parts() -> AsyncIterator[str]:
        for part in range(3):
            yield f"{part}\n"

    return StreamingResponse(parts())


async def form(request: Request) -> JSONResponse:
    return JSONResponse({"done": True})


async def data(request: Request) -> JSONResponse:
    if request.method == "POST":
        request.session["name"] = request.query_params["name"]
    elif request.method == "DELETE":
        request.session.clear()
    return JSONResponse({"name": request.session.get("name")})


async def socket(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(websocket.state.session.user_id)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass


def build(sojourn: SojournClient, *, public: Sequence[str] = PUBLIC, **options: Any) -> Any:
    routes: list[BaseRoute] = [
        Route("/", show), Route("/protected", show), Route("/me", me),
        Route("/open/guarded", Guarded), Route("/open/admin", admin), Route("/open/may", may),
        Route("/open/team", team), Route("/open/fresh", fresh),
        Route("/broken", broken), Route("/stream", stream), Route("/form", form, methods=["POST"]),
        Route("/data", data, methods=["GET", "POST", "DELETE"]), WebSocketRoute("/socket", socket),
    ]  # fmt: skip
    guard = Middleware(SojournMiddleware, sojourn=sojourn, public=public, session_data=True, **options)  # type: ignore[arg-type]
    return Starlette(routes=routes, middleware=[guard], lifespan=sojourn.lifespan)
