"""FastAPI."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.responses import StreamingResponse

from sojourn import SojournMiddleware
from sojourn.integrations.fastapi import CurrentSession, CurrentUser, OptionalSession, requires
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.tokens.claims import Claims

from . import PUBLIC

router = APIRouter()


@router.get("/")
async def home(session: OptionalSession) -> dict[str, str | None]:
    return {"user": session.user_id if session else None}


@router.get("/protected")
def protected(session: CurrentSession) -> dict[str, str]:
    return {"user": session.user_id}


@router.get("/me")
async def me(user: CurrentUser) -> dict[str, str | None]:
    return {"email": user.email}


@router.get("/open/guarded")
async def guarded(session: CurrentSession) -> dict[str, str]:
    return {"user": session.user_id}


@router.get("/open/admin")
async def admin(session: Annotated[Claims, requires(role="admin")]) -> dict[str, str]:
    return {"user": session.user_id}


@router.get("/open/may", dependencies=[requires(permission="invoices:write")])
def may(session: CurrentSession) -> dict[str, str]:
    return {"user": session.user_id}


@router.get("/open/team", dependencies=[requires(organization=True)])
async def team(session: CurrentSession) -> dict[str, str]:
    return {"user": session.user_id}


@router.get("/open/fresh", dependencies=[requires(max_age=timedelta(minutes=10))])
async def fresh(session: CurrentSession) -> dict[str, str]:
    return {"user": session.user_id}


@router.get("/broken")
async def broken() -> None:
    raise ZeroDivisionError


@router.get("/stream")
def stream() -> StreamingResponse:
    def parts() -> Iterator[str]:
        for part in range(3):
            yield f"{part}\n"

    return StreamingResponse(parts())


@router.post("/form")
async def form() -> dict[str, bool]:
    return {"done": True}


@router.get("/data")
async def data(request: Request) -> dict[str, str | None]:
    return {"name": request.session.get("name")}


@router.post("/data")
async def keep(request: Request, name: str) -> dict[str, str | None]:
    request.session["name"] = name
    return {"name": name}


@router.delete("/data")
async def drop(request: Request) -> dict[str, str | None]:
    request.session.clear()
    return {"name": None}


@router.websocket("/socket")
async def socket(websocket: WebSocket, session: CurrentSession) -> None:
    await websocket.accept()
    await websocket.send_text(session.user_id)
    try:
        while True:
            await websocket.send_text(await websocket.receive_text())
    except WebSocketDisconnect:
        pass


def build(sojourn: SojournClient, *, public: Sequence[str] = PUBLIC, **options: Any) -> Any:
    app = FastAPI(lifespan=sojourn.lifespan)
    app.add_middleware(SojournMiddleware, sojourn=sojourn, public=public, session_data=True, **options)
    app.include_router(router)
    return app
