"""Apps inside apps: what is mounted is guarded by what stands around it, and answers as everything else does."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from litestar import Litestar, asgi, get
from litestar.config.cors import CORSConfig
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Host, Mount, Route

from sojourn import Sojourn, SojournMiddleware
from sojourn.integrations import starlette
from sojourn.integrations.fastapi import CurrentSession, CurrentUser, requires
from sojourn.integrations.litestar import SojournPlugin
from sojourn.testing import FakeSojourn

URL = "http://localhost:8000"
PAGE = {"accept": "text/html", "sec-fetch-dest": "document"}


@asynccontextmanager
async def _client(app: Any) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as client:
        yield client


async def _whoever(scope: Any, receive: Any, send: Any) -> None:
    await PlainTextResponse("let in")(scope, receive, send)


async def test_an_app_of_fastapi_inside_another_refuses_in_the_same_words(sojourn: FakeSojourn) -> None:
    inner = FastAPI()

    @inner.get("/admin", dependencies=[requires(role="admin")])
    async def admin(session: CurrentSession) -> str:
        return session.user_id

    @inner.get("/me")
    async def me(user: CurrentUser) -> str:
        return user.name

    outer = FastAPI()
    outer.add_middleware(SojournMiddleware, sojourn=sojourn, public=["/inner/(.*)"])
    outer.mount("/inner", inner)
    async with _client(outer) as client:
        assert (await client.get("/inner/admin")).json()["errors"][0]["code"] == "authentication_invalid"
        ada = sojourn.signed_in()
        refused = await client.get("/inner/admin", headers=ada.headers)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "role_missing")
        del sojourn.memory.users[ada.user.id]
        assert (await client.get("/inner/me", headers=ada.headers)).status_code == 401


async def test_a_middleware_inside_a_mount_reads_paths_as_its_own_router_does(sojourn: FakeSojourn) -> None:  # R-WEB-08
    inner = SojournMiddleware(
        Starlette(routes=[Route("/account", lambda _: PlainTextResponse("let in"))]), sojourn, protected=["/account"]
    )
    async with _client(Starlette(routes=[Mount("/sub", inner)])) as client:
        assert (await client.get("/sub/account")).status_code == 401


async def test_no_route_of_the_app_lies_where_the_server_inside_answers(tmp_path: Path) -> None:  # R-WEB-08
    sojourn = Sojourn(public_url=f"{URL}/auth", data=tmp_path)
    app = Starlette(routes=[Route("/auth/settings", lambda _: PlainTextResponse("let in"))])
    async with _client(SojournMiddleware(app, sojourn)) as client:
        assert (await client.get("/auth/settings")).status_code == 404
        assert (await client.get("/auth/health")).status_code == 200
    await sojourn.close()


async def test_a_sign_in_page_behind_the_apps_own_guard_is_told_in_words_and_no_circle(  # R-JWT-12
    tmp_path: Path, sojourn: FakeSojourn, caplog: pytest.LogCaptureFixture
) -> None:
    without_a_path = Sojourn(public_url=URL, data=tmp_path)
    guarded = [
        (SojournMiddleware(_whoever, without_a_path), f"{URL}/sign-in"),
        (SojournMiddleware(_whoever, sojourn, sign_in_url="/login"), f"{URL}/login"),
        (SojournMiddleware(_whoever, sojourn, sign_in_url=f"{URL}/login"), f"{URL}/login"),
    ]
    for app, page in guarded:
        async with _client(app) as client:
            sent = await client.get("/", headers=PAGE)
            assert (sent.status_code, str(sent.next_request.url).partition("?")[0]) == (307, page)  # type: ignore[union-attr]
            told = await client.get(sent.headers["location"], headers=PAGE)
            assert (told.status_code, told.headers["x-clerk-auth-reason"]) == (401, "signed-out")
            assert f"{page} is behind this app's own guard" in unescape(told.text)
            ours = [record.getMessage() for record in caplog.records if record.name == "sojourn.integrations"]
            assert ours[-1] == f"sign_in.behind_guard url={page}"
    await without_a_path.close()


async def test_a_server_inside_without_a_path_may_have_a_host_of_its_own(tmp_path: Path) -> None:
    inside = Sojourn(public_url="http://auth.localhost:8000", data=tmp_path)
    app = Starlette(routes=[Host("auth.localhost:8000", inside), Mount("/", SojournMiddleware(_whoever, inside))])
    async with _client(app) as client:
        sent = await client.get("/sign-in", headers=PAGE)
        assert sent.headers["location"].startswith("http://auth.localhost:8000/sign-in?")
        assert (await client.get(sent.headers["location"], headers=PAGE)).status_code == 200
    await inside.close()


async def test_what_litestar_mounts_is_guarded_with_and_without_its_lifespan(sojourn: FakeSojourn) -> None:  # R-WEB-08
    mounted = asgi("/sub", is_mount=True, copy_scope=True)(_whoever)
    app = Litestar([mounted], plugins=[SojournPlugin(sojourn, public=["/", "/sub/open"])])
    ada = sojourn.signed_in()

    async def ask() -> list[int]:
        async with _client(app) as client:
            paths = ("/sub", "/sub/", "/sub/x", "/subx")
            said = [(await client.get(path)).status_code for path in paths]
            return [
                *said,
                (await client.get("/sub/open")).status_code,
                (await client.get("/sub/x", headers=ada.headers)).status_code,
            ]

    assert await ask() == [401, 401, 401, 401, 200, 200]
    async with app.lifespan():
        assert await ask() == [401, 401, 401, 401, 200, 200]


async def test_a_preflight_carries_no_token_and_litestar_answers_it(sojourn: FakeSojourn) -> None:  # R-WEB-04
    @get("/protected")
    async def protected() -> str:
        return "let in"

    cors = CORSConfig(allow_origins=["https://app.example.com"], allow_headers=["Authorization"])
    app = Litestar([protected], cors_config=cors, plugins=[SojournPlugin(sojourn)])
    origin = {"origin": "https://app.example.com"}
    async with app.lifespan(), _client(app) as client:
        preflight = {
            **origin,
            "access-control-request-method": "GET",
            "access-control-request-headers": "authorization",
        }
        assert (await client.options("/protected", headers=preflight)).status_code == 204
        refused = await client.get("/protected", headers=origin)
        assert refused.status_code == 401
        assert refused.headers["access-control-allow-origin"] == "https://app.example.com"


async def test_a_sync_endpoint_waits_on_a_thread_of_its_own(sojourn: FakeSojourn) -> None:
    seen: list[threading.Thread] = []

    def endpoint(request: Request) -> Response:
        seen.append(threading.current_thread())
        return PlainTextResponse("let in")

    guards: list[Callable[..., Any]] = [starlette.session_required, starlette.session_required()]
    for guard in guards:
        app = SojournMiddleware(Starlette(routes=[Route("/", guard(endpoint))]), sojourn, public=["/"])
        async with _client(app) as client:
            assert (await client.get("/")).status_code == 401
            assert (await client.get("/", headers=sojourn.signed_in().headers)).text == "let in"
    assert threading.main_thread() not in seen


async def test_an_answer_that_the_app_keeps_and_sends_again_is_left_as_it_is(sojourn: FakeSojourn) -> None:  # R-CKI-07
    kept = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send(kept)
        await send({"type": "http.response.body", "body": b"ok"})

    ada = sojourn.signed_in()
    async with _client(SojournMiddleware(app, sojourn, public=["/about"])) as client:
        for _ in range(2):  # the second time, the token is remembered
            assert (await client.get("/", headers=ada.headers)).headers["cache-control"] == "private, no-store"
            assert "cache-control" not in (await client.get("/about", headers=ada.headers)).headers
    assert kept["headers"] == [(b"content-length", b"2")]
