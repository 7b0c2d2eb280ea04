"""Values of an app's session come back as they were, or are refused where they are assigned."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from flask import Flask, flash, get_flashed_messages, session
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markupsafe import Markup
from quart import Quart
from quart import session as quart_session
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from sojourn import SojournMiddleware
from sojourn.integrations.flask import SojournFlask
from sojourn.integrations.flask_values import FLASK_VALUES
from sojourn.integrations.quart import SojournQuart
from sojourn.integrations.session_values import JSON_VALUES, check
from sojourn.testing import FakeSojourn

KEPT: list[Any] = [
    datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC), datetime(2026, 1, 2), datetime(2026, 1, 2, tzinfo=timezone(timedelta(hours=2))),
    (1, "a"), [(), {"deep": (b"\x00\xff",)}], UUID(int=7), b"\x00\xff", Markup("<b>x</b>"), {" t": [1]}, {" d": "x"}, {}, None, 1.5,
    -(2**63), "text", True,
]  # fmt: skip
REFUSED: list[Any] = [
    Decimal("1.1"), date(2026, 1, 2), {1, 2}, object(), {1: "a"}, 2**63, float("nan"), [1, {"deep": Decimal(1)}], 1j, range(3),
]  # fmt: skip


class Lazy:
    """As a translation that is made when it is shown."""

    def __html__(self) -> str:
        return "Saved"


@pytest.mark.parametrize("value", KEPT, ids=repr)
def test_flasks_session_gives_back_what_it_was_given(sojourn: FakeSojourn, value: Any) -> None:
    app, browser = Flask(__name__), sojourn.signed_in().headers
    SojournFlask(app, sojourn)
    app.add_url_rule("/put", "put", view_func=lambda: session.update(value=value) or "kept")
    found: list[Any] = []
    app.add_url_rule("/get", "get", view_func=lambda: found.append(session["value"]) or "found")
    client = app.test_client()
    assert client.get("/put", headers=browser).text == "kept"
    assert client.get("/get", headers=browser).text == "found"
    assert (found, type(found[0])) == ([value], type(value))


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_the_rest_is_refused_at_assignment_and_nothing_is_kept(sojourn: FakeSojourn, value: Any) -> None:
    app, browser = Flask(__name__), sojourn.signed_in().headers
    SojournFlask(app, sojourn)

    def put() -> str:
        with pytest.raises(TypeError, match="'value'"):
            session["value"] = value
        return "refused"

    app.add_url_rule("/put", "put", view_func=put)
    app.add_url_rule("/get", "get", view_func=lambda: {"is": list(session)})
    client = app.test_client()
    assert client.get("/put", headers=browser).text == "refused"
    assert client.get("/get", headers=browser).json == {"is": []}


def test_flashed_markup_and_translations_arrive(sojourn: FakeSojourn) -> None:
    app, browser = Flask(__name__), sojourn.signed_in().headers
    SojournFlask(app, sojourn)

    def put() -> str:
        flash(Markup("<a>Look</a>"), "info")
        flash(Lazy())  # type: ignore[arg-type]
        return "kept"

    app.add_url_rule("/put", "put", view_func=put)
    app.add_url_rule(
        "/get",
        "get",
        view_func=lambda: {"is": [[str(each), hasattr(each, "__html__")] for each in get_flashed_messages()]},
    )
    client = app.test_client()
    assert client.get("/put", headers=browser).status_code == 200
    assert client.get("/get", headers=browser).json == {"is": [["<a>Look</a>", True], ["Saved", True]]}


async def test_quarts_session_does_the_same(sojourn: FakeSojourn) -> None:
    app, browser = Quart(__name__), sojourn.signed_in().headers
    SojournQuart(app, sojourn)
    found: list[Any] = []

    @app.get("/put")
    async def put() -> str:
        quart_session["values"] = KEPT
        with pytest.raises(TypeError):
            quart_session["more"] = Decimal(1)
        return "kept"

    @app.get("/get")
    async def get() -> str:
        found.append(quart_session["values"])
        return "found"

    client = app.test_client()
    assert (await client.get("/put", headers=browser)).status_code == 200
    assert (await client.get("/get", headers=browser)).status_code == 200
    assert found == [KEPT]


async def test_the_session_of_asgi_apps_refuses_what_json_would_change(sojourn: FakeSojourn) -> None:
    async def put(request: Request) -> JSONResponse:
        with pytest.raises(TypeError, match="datetime"):
            request.session["at"] = datetime(2026, 1, 2)
        request.session["cart"] = ["tea"]
        return JSONResponse({})

    async def get(request: Request) -> JSONResponse:
        return JSONResponse(dict(request.session))

    app = Starlette(routes=[Route("/put", put), Route("/get", get)])
    transport = httpx.ASGITransport(SojournMiddleware(app, sojourn, session_data=True))
    headers = sojourn.signed_in().headers
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as client:
        assert (await client.get("/put")).status_code == 200
        assert (await client.get("/get")).json() == {"cart": ["tea"]}


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
)


@settings(
    max_examples=300, deadline=None, derandomize=True, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(JSON | st.datetimes() | st.binary() | st.uuids())
def test_whatever_is_let_in_comes_out_the_same(value: Any) -> None:
    check(FLASK_VALUES, {"value": value})
    assert FLASK_VALUES.from_json(FLASK_VALUES.to_json(value)) == value


def test_keys_are_text() -> None:
    with pytest.raises(TypeError, match="keys"):
        check(JSON_VALUES, {1: "a"})
