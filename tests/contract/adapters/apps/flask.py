"""Flask."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from flask import Flask, request, session

from sojourn.integrations.flask import SojournFlask, current_session, current_user, session_required
from sojourn.integrations.sojourn_client import SojournClient

from . import PUBLIC


def build(sojourn: SojournClient, *, public: Sequence[str] = PUBLIC, **options: Any) -> Any:
    app = Flask(__name__)
    SojournFlask(app, sojourn, public=public, **options)

    @app.get("/")
    @app.get("/protected")
    def show() -> dict[str, str | None]:
        return {"user": current_session.user_id if current_session else None}

    @app.get("/me")
    def me() -> dict[str, str | None]:
        return {"email": current_user.email}

    @app.get("/open/guarded")
    @session_required()
    def guarded() -> dict[str, str]:
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
    def team() -> dict[str, str]:
        return {"user": current_session.user_id}

    @app.get("/open/fresh")
    @session_required(max_age=timedelta(minutes=10))
    def fresh() -> dict[str, str]:
        return {"user": current_session.user_id}

    @app.get("/broken")
    def broken() -> str:
        raise ZeroDivisionError

    @app.get("/stream")
    def stream() -> Iterator[str]:
        return (f"{part}\n" for part in range(3))

    @app.post("/form")
    def form() -> dict[str, bool]:
        return {"done": True}

    @app.route("/data", methods=["GET", "POST", "DELETE"])
    def data() -> dict[str, str | None]:
        if request.method == "POST":
            session["name"] = request.args["name"]
        elif request.method == "DELETE":
            session.clear()
        return {"name": session.get("name")}

    return app.wsgi_app
