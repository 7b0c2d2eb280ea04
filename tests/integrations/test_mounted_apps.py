"""Apps inside apps: what is mounted is guarded by what stands around it, and answers as everything else does."""

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from litestar import Litestar, asgi, get
from litestar.config.cors import CORSConfig
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route

from sojourn import Sojourn, SojournMiddleware
from sojourn.integrations import starlette
from sojourn.integrations.fastapi import CurrentSession, CurrentUser, requires
from sojourn.integrations.litestar import SojournPlugin
from sojourn.testing import FakeSojourn

URL = "http://localhost:8000"


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
    inner = SojournMiddleware(Starlette(routes=[Route("/account", lambda _: PlainTextResponse("let in"))]), sojourn, protected=["/account"])
    async with _client(Starlette(routes=[Mount("/sub", inner)])) as client:
        assert (await client.get("/sub/account")).status_code == 401


async def test_no_route_of_the_app_lies_where_the_server_inside_answers(tmp_path: Path) -> None:  # R-WEB-08
    sojourn = Sojourn(public_url=f"{URL}/auth", data=tmp_path)
    app = Starlette(routes=[Route("/auth/settings", lambda _: PlainTextResponse("let in"))])
    async with _client(SojournMiddleware(app, sojourn)) as client:
        assert (await client.get("/auth/settings")).status_code == 404
        assert (await client.get("/auth/health")).status_code == 200
    await sojourn.close()


async def test_what_litestar_mounts_is_guarded_with_and_without_its_lifespan(sojourn: FakeSojourn) -> None:  # R-WEB-08
    mounted = asgi("/sub", is_mount=True, copy_scope=True)(_whoever)
    app = Litestar([mounted], plugins=[SojournPlugin(sojourn, public=["/", "/sub/open"])])
    ada = sojourn.signed_in()

    async def ask() -> list[int]:
        async with _client(app) as client:
            paths = ("/sub", "/sub/", "/sub/x", "/subx")
            said = [(await client.get(path)).status_code for path in paths]
            return [*said, (await client.get("/sub/open")).status_code, (await client.get("/sub/x", headers=ada.headers)).status_code]

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
        preflight = {**origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization"}
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
