"""Flask's and Quart's own hooks see what the guard answers: functions after a request, error handlers; and no view runs."""

from typing import Any

import pytest
from flask import Flask
from quart import Quart

from sojourn.integrations import flask, quart
from sojourn.testing import FakeSojourn

SPA = "https://spa.example.com"
PREFLIGHT = {"Origin": SPA, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


def cors(response: Any) -> Any:
    """As the CORS extensions of both do."""
    response.headers["Access-Control-Allow-Origin"] = SPA
    return response


class Asked:
    """The same questions to an app of either framework; views write their names down."""

    def __init__(self, app: Any, ran: list[str], *, is_async: bool) -> None:
        self._client = app.test_client(use_cookies=False)
        self.ran = ran
        self._is_async = is_async

    async def ask(self, method: str, path: str, **headers: str) -> tuple[int, Any, str]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if not self._is_async:
            answer = self._client.open(path, method=method, headers=sent)
            return answer.status_code, answer.headers, answer.get_data(as_text=True)
        answer = await self._client.open(path, method=method, headers=sent)
        return answer.status_code, answer.headers, await answer.get_data(as_text=True)


def in_flask(sojourn: FakeSojourn) -> Asked:
    app, ran = Flask(__name__), list[str]()
    flask.SojournFlask(app, sojourn, public=["/open"])
    app.after_request(cors)
    app.url_value_preprocessor(lambda *_: ran.append("url values"))

    @app.route("/api", methods=["GET", "OPTIONS"])
    def api() -> str:
        ran.append("api")
        return "secret"

    @app.get("/open")
    @flask.session_required(role="admin")
    def for_admins() -> str:
        return "secret"

    @app.errorhandler(401)
    def told(error: Any) -> tuple[str, int]:
        return f"own page for {error.code}", 401

    @app.errorhandler(403)
    def forbidden(error: Any) -> tuple[str, int]:
        return f"own page for {error.code}", 403

    return Asked(app, ran, is_async=False)


def in_quart(sojourn: FakeSojourn) -> Asked:
    app, ran = Quart(__name__), list[str]()
    quart.SojournQuart(app, sojourn, public=["/open"])

    @app.after_request
    async def after(response: Any) -> Any:
        return cors(response)

    app.url_value_preprocessor(lambda *_: ran.append("url values"))

    @app.route("/api", methods=["GET", "OPTIONS"])
    async def api() -> str:
        ran.append("api")
        return "secret"

    @app.get("/open")
    @quart.session_required(role="admin")
    async def for_admins() -> str:
        return "secret"

    @app.errorhandler(401)
    async def told(error: Any) -> tuple[str, int]:
        return f"own page for {error.code}", 401

    @app.errorhandler(403)
    async def forbidden(error: Any) -> tuple[str, int]:
        return f"own page for {error.code}", 403

    return Asked(app, ran, is_async=True)


@pytest.fixture(params=[in_flask, in_quart], ids=["flask", "quart"])
def app(request: pytest.FixtureRequest, sojourn: FakeSojourn) -> Asked:
    return request.param(sojourn)


async def test_a_preflight_passes_and_runs_no_view(app: Asked) -> None:  # R-WEB-04, R-WEB-08
    status, headers, body = await app.ask("OPTIONS", "/api", **PREFLIGHT)
    assert (status, body, headers["Access-Control-Allow-Origin"]) == (204, "", SPA)
    status, _, _ = await app.ask("OPTIONS", "/nothing-here", **PREFLIGHT)
    assert status == 204, "a stranger is not told which paths exist"
    assert app.ran == []


async def test_other_options_requests_are_refused(app: Asked) -> None:  # R-WEB-08
    for headers in ({}, {"Origin": SPA}, {"Access-Control-Request-Method": "GET"}):
        assert (await app.ask("OPTIONS", "/api", **headers))[0] == 401
    assert app.ran == []


async def test_a_page_elsewhere_can_read_a_refusal(app: Asked) -> None:
    status, headers, body = await app.ask("GET", "/api", Origin=SPA)
    assert (status, headers["Access-Control-Allow-Origin"]) == (401, SPA)
    assert headers["WWW-Authenticate"] == "Bearer"
    assert app.ran == [], "nothing of the app's ran for a stranger"
    assert body == "own page for 401"


async def test_the_apps_own_error_page_keeps_what_the_guard_says(app: Asked, sojourn: FakeSojourn) -> None:  # R-CKI-07
    status, headers, body = await app.ask("GET", "/api", Authorization="Bearer x.y.z")
    assert (status, body) == (401, "own page for 401")
    assert headers["x-clerk-auth-reason"] == "token-invalid"
    assert "no-store" in headers["Cache-Control"]
    admin = await app.ask("GET", "/open", **sojourn.signed_in().headers)
    assert (admin[0], admin[2]) == (403, "own page for 403")


async def test_whoever_is_let_in_meets_the_app_as_it_is(app: Asked, sojourn: FakeSojourn) -> None:  # R-CKI-07
    for headers in (sojourn.signed_in().headers, sojourn.signed_in().browser):
        for _ in range(2):
            status, answered, body = await app.ask("GET", "/api", **headers)
            assert (status, body, answered["Cache-Control"]) == (200, "secret", "private, no-store")
    assert app.ran == ["url values", "api"] * 4
