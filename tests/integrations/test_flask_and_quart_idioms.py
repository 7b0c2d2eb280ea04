"""What users of Flask-Login and of Flask's own session write, and the same in Quart."""

from pathlib import Path
from typing import Any

import pytest
from flask import Blueprint, Flask, flash, get_flashed_messages, render_template_string, session
from quart import Blueprint as QuartBlueprint
from quart import Quart
from quart import render_template_string as quart_render_template_string
from quart import session as quart_session

from sojourn import Sojourn
from sojourn.integrations import flask, quart
from sojourn.testing import FakeSojourn

WHO = "{% if current_session %}{{ current_session.user_id }}{% else %}nobody{% endif %}"


@pytest.fixture
def app(sojourn: FakeSojourn) -> Any:
    app = Flask(__name__)
    flask.SojournFlask(app, sojourn, public=["/open/(.*)"])
    members = Blueprint("members", __name__, url_prefix="/open/members")
    members.before_request(flask.session_required(role="member")(lambda: None))

    @members.get("/page")
    def page() -> str:
        return "for members"

    app.register_blueprint(members)

    @app.get("/open/who")
    def who() -> str:
        return render_template_string(WHO + "{% if current_user %} {{ current_user.name }}{% endif %}")

    @app.get("/open/bare")
    @flask.session_required
    def bare() -> str:
        return flask.current_user.name

    @app.post("/deep")
    def deep() -> dict[str, Any]:
        session.setdefault("cart", []).append("tea")
        session.modified = True  # as Flask's own documentation tells people to
        session.permanent = True
        flash("put into the cart")
        return dict(session)

    @app.get("/deep")
    def shown() -> dict[str, Any]:
        return {"cart": session.get("cart"), "flashed": get_flashed_messages(with_categories=True)}

    return app


def test_templates_know_who_is_there(app: Any, sojourn: FakeSojourn) -> None:
    ada = sojourn.signed_in(sojourn.add_user("ada@example.com", first_name="Ada"))
    assert app.test_client().get("/open/who").text == "nobody"
    assert app.test_client().get("/open/who", headers=ada.headers).text == f"{ada.user.id} Ada"


def test_a_decorator_may_stand_bare_and_guard_a_blueprint(app: Any, sojourn: FakeSojourn) -> None:
    client = app.test_client()
    for path in ("/open/bare", "/open/members/page"):
        assert client.get(path).status_code == 401
    ada = sojourn.signed_in(sojourn.add_user("ada@example.com", first_name="Ada"))
    assert client.get("/open/bare", headers=ada.headers).text == "Ada"
    assert client.get("/open/members/page", headers=ada.headers).status_code == 403
    assert client.get("/open/members/page", headers=sojourn.signed_in(role="org:member").headers).text == "for members"


def test_the_session_takes_what_apps_do_with_flasks_own(app: Any, sojourn: FakeSojourn) -> None:
    ada = sojourn.signed_in()
    client = app.test_client()
    client.post("/deep", headers=ada.headers)
    assert client.post("/deep", headers=ada.headers).json["cart"] == ["tea", "tea"]
    shown = {"cart": ["tea", "tea"], "flashed": [["message", "put into the cart"]] * 2}
    assert client.get("/deep", headers=ada.headers).json == shown
    assert client.get("/deep", headers=ada.headers).json["flashed"] == []


async def test_quart_has_the_same(sojourn: FakeSojourn) -> None:
    app = Quart(__name__)
    quart.SojournQuart(app, sojourn, public=["/open/(.*)"])
    members = QuartBlueprint("members", __name__, url_prefix="/open/members")
    members.before_request(quart.session_required(role="member")(lambda: None))

    @members.get("/page")
    async def page() -> str:
        return "for members"

    app.register_blueprint(members)

    @app.get("/open/who")
    async def who() -> str:
        return await quart_render_template_string(WHO + " {{ current_user().name }}")

    @app.post("/deep")
    async def deep() -> dict[str, Any]:
        quart_session.setdefault("cart", []).append("tea")
        quart_session.modified = True
        return dict(quart_session)

    client = app.test_client()
    ada = sojourn.signed_in(sojourn.add_user("ada@example.com", first_name="Ada"))
    assert await (await client.get("/open/who", headers=ada.headers)).get_data() == f"{ada.user.id} Ada".encode()
    assert (await client.get("/open/members/page")).status_code == 401
    assert (await client.get("/open/members/page", headers=ada.headers)).status_code == 403
    await client.post("/deep", headers=ada.headers)
    assert await (await client.post("/deep", headers=ada.headers)).get_json() == {"cart": ["tea", "tea"]}


async def test_quart_opens_the_server_inside_and_closes_it(tmp_path: Path) -> None:
    app, sojourn = Quart(__name__), Sojourn(data=tmp_path)
    quart.SojournQuart(app, sojourn)
    async with app.test_app():
        assert sojourn.gate is not None
    assert sojourn.gate is None
