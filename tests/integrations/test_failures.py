"""What an app answers when its server fails, refuses its key or its data: a page or JSON, never the framework's own 500."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest

from sojourn import Sojourn
from sojourn.errors import (
    BadSecretKey,
    ConfigError,
    FieldTooLong,
    NotFound,
    Overloaded,
    ReadOnlyKey,
    ServerUnreachable,
    SessionEnded,
    SojournError,
)
from sojourn.integrations.authorized_parties import asks_cors
from sojourn.integrations.public_url import OuterAddress
from sojourn.integrations.redirects import REDIRECT
from sojourn.integrations.remote import HttpServer
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.secret import Secret
from sojourn.testing import FakeSojourn
from sojourn.testing.clock import FakeClock
from sojourn.tokens.handshake import NONCE

from ..contract.adapters.apps import django
from ..contract.adapters.site import OWN, PAGE, Loop, Server
from ..kit.conftest import NAMES, SYNC, App
from ..openapi.serving import served

KEY = "pk_test_c29qb3Vybi5sb2NhbGhvc3Qk"
FAILURES = {
    ServerUnreachable(): (503, "server_unreachable"),
    Overloaded(): (503, "service_unavailable"),
    BadSecretKey(): (503, "configuration_invalid"),
    ReadOnlyKey(): (503, "configuration_invalid"),
    ConfigError("postgresql://of.the.owner cannot be reached"): (503, "configuration_invalid"),
    FieldTooLong("data", 32768): (507, "session_data_too_large"),
}


@pytest.fixture(params=NAMES)
def build(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[SojournClient], App]]:
    name: str = request.param
    loop = None if name in SYNC else Loop()
    undone: list[Callable[[], None]] = []

    def built(handle: SojournClient) -> App:
        undone.append(handle.close_now if loop is None else lambda running=loop: running.run(handle.close()))
        if not name.startswith("django"):
            return App(import_module(f"..contract.adapters.apps.{name}", __package__).build(handle), loop)
        made, undo = django.build(handle, tmp_path_factory.getbasetemp(), is_async=loop is not None)
        undone.append(undo)
        return App(made, loop)

    yield built
    for undo in undone:
        undo()
    if loop is not None:
        loop.close()


def raising(error: SojournError) -> Callable[..., Any]:
    async def raised(*_: object) -> None:
        raise error

    return raised


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_every_failure_of_the_server_has_an_answer_for_people_and_for_programs(  # R-REL-03
    build: Callable[[SojournClient], App], error: SojournError, monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn = FakeSojourn()
    app, ada = build(sojourn), sojourn.signed_in()
    for name in ("user", "read_data", "write_data", "adopt_data"):
        monkeypatch.setattr(type(sojourn.memory), name, raising(error))
    status, code = FAILURES[error]
    browser = {**PAGE, **OWN, "cookie": f"__session={ada.token}"}
    for ask, path in ((app.get, "/me"), (app.get, "/data"), (app.post, "/data?name=x")):
        told = ask(path, {**ada.headers, **OWN})
        assert (told.status_code, told.json()["errors"][0]["code"]) == (status, code), (path, told.text)
        page = ask(path, browser)
        assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8"), (
            path,
            page.text,
        )
        assert page.headers["cache-control"] == "no-store"
        assert "of.the.owner" not in page.text + told.text
        assert ("retry-after" in page.headers) == isinstance(error, ServerUnreachable | Overloaded)


@pytest.mark.parametrize("error", [NotFound(), SessionEnded()], ids=lambda error: type(error).__name__)
def test_data_of_a_session_that_is_gone_is_none(
    build: Callable[[SojournClient], App], error: SojournError, monkeypatch: pytest.MonkeyPatch
) -> None:
    sojourn = FakeSojourn()
    app, ada = build(sojourn), sojourn.signed_in()
    monkeypatch.setattr(type(sojourn.memory), "write_data", raising(error))
    monkeypatch.setattr(type(sojourn.memory), "adopt_data", raising(error))
    assert app.post("/data?name=x", {**ada.headers, **OWN}).status_code == 200
    anonymous = f"__session={ada.token}; sojourn_data={'a' * 43}"
    assert app.get("/data", {"cookie": anonymous}).json() == {"name": None}


def test_a_secret_key_that_is_revoked_while_the_app_runs_is_told_to_whoever_runs_it(  # R-AUZ-08
    build: Callable[[SojournClient], App], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with served(tmp_path) as elsewhere:
        sojourn = Sojourn.remote(elsewhere.url, elsewhere.engine.instance.publishable_key, elsewhere.secret_key)
        app = build(sojourn)
        people = Server(elsewhere.engine, lambda work: elsewhere.run(lambda _: work))
        first, person = people.person(), people.person()
        assert app.get("/me", first.bearer).json() == {"email": first.email}
        elsewhere.run(_revoke_every_key)
        with caplog.at_level(logging.ERROR, "sojourn.integrations"):
            told, page = app.get("/me", person.bearer), app.get("/me", {**PAGE, **person.cookie})
        assert (told.status_code, told.json()["errors"][0]["code"]) == (503, "configuration_invalid"), told.text
        assert (page.status_code, page.headers["x-clerk-auth-reason"]) == (503, "keys-wrong")
        assert "refuses the secret key" in page.text
        assert "keys.wrong" in caplog.text
        assert elsewhere.secret_key not in caplog.text + page.text
        renewing = app.get("/protected", {**PAGE, "cookie": "__client_uat=1700000000"})
        id = httpx.URL(renewing.headers["location"]).params[REDIRECT]
        cookies = "; ".join(line.partition(";")[0] for line in renewing.headers.get_list("set-cookie"))
        returned = app.get(f"/protected?{REDIRECT}={id}&{NONCE}=x", {**PAGE, "cookie": cookies})
        assert (returned.status_code, returned.headers["x-clerk-auth-reason"]) == (503, "keys-wrong"), returned.text


def test_a_token_whose_keys_cannot_be_fetched_is_503_and_nobody_is_sent_to_a_server_that_is_down(  # R-REL-03
    build: Callable[[SojournClient], App],
) -> None:
    app, ada = build(Sojourn.remote("http://127.0.0.1:9", KEY)), FakeSojourn().signed_in()
    told = app.get("/protected", ada.headers)
    page = app.get("/protected", {**PAGE, "cookie": f"__client_uat=1; __session={ada.token}"})
    for answer in (told, page):
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert told.json()["errors"][0]["code"] == "server_unreachable"
    assert "<h1>Temporarily unavailable</h1>" in page.text and '<a href="">Try again</a>' in page.text


async def _revoke_every_key(engine: Any) -> None:
    keys = await engine.store.instances.secret_keys(engine.instance.id)
    await engine.instances.new_secret_key(engine.instance)  # the last one cannot be revoked
    for key in keys:
        await engine.instances.revoke_secret_key(engine.instance, key.id)


@contextmanager
def answering(status: int, body: bytes = b"<!doctype html>", **headers: str) -> Iterator[str]:
    """A server that answers everything so: a proxy, another program, or one that is busy."""

    class Answer(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


ANSWERS = {
    (200, b"<!doctype html>"): ServerUnreachable,
    (200, b'{"object": "another"}'): ServerUnreachable,
    (200, b""): ServerUnreachable,
    (301, b""): ServerUnreachable,
    (401, b"{}"): BadSecretKey,
    (403, b'{"errors": [{"code": "secret_key_read_only"}]}'): ReadOnlyKey,
    (404, b"<!doctype html>"): ServerUnreachable,
    (404, b'{"errors": [{"code": "resource_not_found"}]}'): NotFound,
    (421, b'{"errors": [{"code": "host_invalid"}]}'): ServerUnreachable,
    (422, b'{"errors": [{"code": "form_param_max_length_exceeded"}]}'): FieldTooLong,
    (429, b"{}"): Overloaded,
    (500, b"{"): ServerUnreachable,
    (503, b'{"errors": []}'): Overloaded,
}


@pytest.mark.parametrize("given", ANSWERS, ids=lambda given: f"{given[0]}-{given[1].decode()[:12]}")
async def test_whatever_answers_in_the_servers_place_becomes_an_error_that_the_guard_knows(
    given: tuple[int, bytes],
) -> None:
    with answering(*given, Retry_After="7") as url:
        server = HttpServer(url, Secret("sk_test_x"))
        with pytest.raises(SojournError) as raised:
            await server.user("user_1")
        await server.close()
    assert type(raised.value) is ANSWERS[given]
    if isinstance(raised.value, Overloaded):
        assert raised.value.retry_after.total_seconds() == 7


async def test_ending_a_session_that_the_server_does_not_know_does_nothing() -> None:
    with answering(404, b'{"errors": [{"code": "resource_not_found"}]}') as url:
        server = HttpServer(url, Secret("sk_test_x"))
        await server.end_session("sess_1")
        await server.close()


@pytest.mark.parametrize("status", [301, 403, 421, 429, 503])
def test_what_is_no_answer_about_the_keys_leaves_the_question_open(status: int) -> None:
    clock = FakeClock()
    with answering(status) as url:
        address = OuterAddress(url, KEY, Secret("sk_test_x"), "", clock)
        assert not address.ask()
    clock.advance(seconds=5)
    assert address.is_to_be_asked


@pytest.mark.parametrize("status", [301, 429, 503])
def test_what_is_no_answer_about_an_origin_is_not_a_no(status: int) -> None:
    with answering(status) as url, pytest.raises(OSError, match=str(status)):
        asks_cors(url)("https://app.example.com")


def test_a_websocket_whose_data_cannot_be_read_is_closed_and_not_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    from ..contract.adapters.apps import asgi

    sojourn = FakeSojourn()
    ada = sojourn.signed_in()
    monkeypatch.setattr(type(sojourn.memory), "read_data", raising(BadSecretKey()))
    app, sent = asgi.build(sojourn), list[dict[str, Any]]()

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost:8000"), (b"authorization", f"Bearer {ada.token}".encode())]
    scope = {"type": "websocket", "path": "/socket", "headers": headers, "scheme": "ws", "query_string": b""}
    asyncio.run(app(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1013}]
