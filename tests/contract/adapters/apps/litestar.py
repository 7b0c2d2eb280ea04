"""Litestar."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

from litestar import Litestar, Request, WebSocket, delete, get, post, websocket
from litestar.di import NamedDependency
from litestar.exceptions import WebSocketDisconnect
from litestar.params import FromQuery
from litestar.response import Stream

from sojourn.backend.user import User
from sojourn.integrations.litestar import SojournPlugin, requires
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.tokens.claims import Claims

from . import PUBLIC

Anything = Request[Any, Any, Any]


@get("/", sync_to_thread=False)
def home(session: NamedDependency[Claims | None]) -> dict[str, str | None]:
    return {"user": session.user_id if session else None}


@get("/protected")
async def protected(session: NamedDependency[Claims]) -> dict[str, str]:
    return {"user": session.user_id}


@get("/me")
async def me(user: NamedDependency[User]) -> dict[str, str | None]:
    return {"email": user.email}


@get("/open/guarded", guards=[requires()])
async def guarded(session: NamedDependency[Claims]) -> dict[str, str]:
    return {"user": session.user_id}


@get("/open/admin", guards=[requires(role="admin")])
async def admin(session: NamedDependency[Claims]) -> dict[str, str]:
    return {"user": session.user_id}


@get("/open/may", guards=[requires(permission="invoices:write")])
async def may(session: NamedDependency[Claims]) -> dict[str, str]:
    return {"user": session.user_id}


@get("/open/team", guards=[requires(organization=True)])
async def team(session: NamedDependency[Claims]) -> dict[str, str]:
    return {"user": session.user_id}


@get("/open/fresh", guards=[requires(max_age=timedelta(minutes=10))])
async def fresh(session: NamedDependency[Claims]) -> dict[str, str]:
    return {"user": session.user_id}


@get("/broken")
async def broken() -> None:
    raise ZeroDivisionError


@get("/stream")
async def stream() -> Stream:
    async def parts() -> AsyncIterator[bytes]:
        for part in range(3):
            yield f"{part}\n".encode()

    return Stream(parts())


@post("/form", status_code=200)
async def form() -> dict[str, bool]:
    return {"done": True}


@get("/data")
async def data(request: Anything) -> dict[str, str | None]:
    return {"name": request.session.get("name")}


@post("/data", status_code=200)
async def keep(request: Anything, name: FromQuery[str]) -> dict[str, str]:
    request.session["name"] = name
    return {"name": name}


@delete("/data", status_code=200)
async def drop(request: Anything) -> dict[str, None]:
    request.session.clear()
    return {"name": None}


@websocket("/socket")
async def socket(socket: WebSocket[Any, Any, Any], session: NamedDependency[Claims]) -> None:
    await socket.accept()
    await socket.send_text(session.user_id)
    try:
        while True:
            await socket.send_text(await socket.receive_text())
    except WebSocketDisconnect:
        pass


def build(sojourn: SojournClient, *, public: Sequence[str] = PUBLIC, **options: Any) -> Any:
    return Litestar(
        [home, protected, me, guarded, admin, may, team, fresh, broken, stream, form, data, keep, drop, socket],
        logging_config=None,
        plugins=[SojournPlugin(sojourn, public=public, session_data=True, **options)],
    )
