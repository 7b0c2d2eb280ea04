"""Quart."""

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from typing import Any

from quart import Quart, request, session, websocket

from sojourn.integrations.quart import SojournQuart, current_session, current_user, session_required
from sojourn.integrations.sojourn_client import SojournClient

from . import PUBLIC


def build(sojourn: SojournClient, *, public: Sequence[str] = PUBLIC, **options: Any) -> Any:
    app = Quart(__name__)
    SojournQuart(app, sojourn, public=public, **options)

    @app.get("/")
    @app.get("/protected")
    async def show() -> dict[str, str | None]:
        return {"user": current_session.user_id if current_session else None}

    @app.get("/me")
    async def me() -> dict[str, str | None]:
        user = await current_user()
        assert user is not None
        return {"email": user.email}

    @app.get("/open/guarded")
    @session_required()
    async def guarded() -> dict[str, str]:
        return {"user": current_session.user_id}

    @app.get("/open/admin")
    @session_required(role="admin")
    async def admin() -> dict[str, str]:
        return {"user": current_session.user_id}

    @app.get("/open/may")
    @session_required(permission="invoices:write")
    def may() -> dict[str, str]:
        return {"user": current_session.user_id}

    @app.get("/open/team")
    @session_required(organization=True)
    async def team() -> dict[str, str]:
        return {"user": current_session.user_id}

    @app.get("/open/fresh")
    @session_required(max_age=timedelta(minutes=10))
    async def fresh() -> dict[str, str]:
        return {"user": current_session.user_id}

    @app.get("/broken")
    async def broken() -> str:
        raise ZeroDivisionError

    @app.get("/stream")
    async def stream() -> Any:
        async def parts() -> AsyncIterator[str]:
            for part in range(3):
                yield f"{part}\n"

        return parts(), 200

    @app.post("/form")
    async def form() -> dict[str, bool]:
        return {"done": True}

    @app.route("/data", methods=["GET", "POST", "DELETE"])
    async def data() -> dict[str, str | None]:
        if request.method == "POST":
            session["name"] = request.args["name"]
        elif request.method == "DELETE":
            session.clear()
        return {"name": session.get("name")}

    @app.websocket("/socket")
    async def socket() -> None:
        await websocket.accept()
        await websocket.send(current_session.user_id)
        while True:
            await websocket.send(await websocket.receive())

    return app
