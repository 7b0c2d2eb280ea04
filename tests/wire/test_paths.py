"""One reading of a path: the guard's is the router's, and a path that two readers could read differently is refused."""

import random
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.types import HTTPScope
from litestar.utils import normalize_path

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import ConfigError
from sojourn.testing.clock import FakeClock
from sojourn.ui.routes import PAGES
from sojourn.web.app import build, litestar_app
from sojourn.web.path import PathRefused, made_path
from sojourn.web.routing import Routes

from .browsing import Browser

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
PIECES = (
    "/", "//", "/./", "/../", "/.", "/..", "\\", "%2f", "%2F", "%5C", "%5c", "%252f", ";", ";a=b", "%3b", "%00", "%0a", "\x7f",
    "%7F", "%c3%a9", "%ff", "%ed%a0%80", "%2e", "%2e%2e", "%", "%zz", " ", "+", "{", ":", "@", "?", "#", "*", "é", "\u2028", "..;",
    "V1", "v1", "v1/", "%76%31", "client", "Client", "sign_ins", "%73ign_ins", "sess_1", "tokens", "count", "me", "sessions",
    "active", "sign-in", "sign-up", "user", "npm", "@clerk", "static", "page.js", ".well-known", "jwks.json", "dev", "mailbox",
)  # fmt: skip


def scope(raw: str, **more: object) -> HTTPScope:
    """A request for `raw`, decoded as ASGI servers decode it."""
    path = unquote(raw.partition("?")[0])
    made: Any = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": raw.encode("utf-8", "replace"),
        "root_path": "",
    }
    return made | more


@cache
def everything() -> Litestar:
    return litestar_app(tuple(PAGES))


def fuzzed(number: int) -> list[str]:
    """Raw paths near our own routes: whole ones with a piece put in, taken out or changed, and some of pieces alone."""
    seeded = random.Random(20)
    known = [route.path.replace(":str", "").replace(":path", "") for route in everything().routes]
    paths: list[str] = []
    for _ in range(number):
        if seeded.random() < 0.2:
            paths.append("/" + "".join(seeded.choices(PIECES, k=seeded.randint(1, 6))))
            continue
        path = seeded.choice(known)
        for _ in range(seeded.randint(0, 2)):
            at = seeded.randint(0, len(path))
            path = path[:at] + seeded.choice(PIECES) + path[at + seeded.choice((0, 0, 1, 3)) :]
        paths.append(path)
    return paths


def routed(path: str, method: str) -> object:
    """The framework's own choice of a handler, None where it has none."""
    try:
        return everything().asgi_router._handle_routing(normalize_path(path), method)[1]  # type: ignore[arg-type]
    except HTTPException:
        return None


def test_the_guard_reads_a_hundred_thousand_paths_as_the_router_does() -> None:  # R-WEB-08
    routes, refused, matched = Routes(everything()), 0, 0
    for at, raw in enumerate(fuzzed(100_000)):
        method = METHODS[at % len(METHODS)]
        try:
            path = made_path(scope(raw))
        except PathRefused:
            refused += 1
            continue
        route = routes.find(path)[0].route(method)
        found = None if route is None else route.handler
        asked = "GET" if method == "HEAD" else method
        assert found is routed(path, asked), raw
        assert found is routed(scope(raw)["path"], asked), f"{raw} is read differently by the router alone"
        matched += found is not None
    assert min(refused, matched) > 5_000


async def test_no_path_breaks_the_server(engine: Engine, clock: FakeClock) -> None:  # R-WEB-08
    statuses: set[int] = set()
    application = build(engine, pages=PAGES)  # type: ignore[arg-type]

    async def receive() -> Mapping[str, object]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Mapping[str, object]) -> None:
        if message["type"] == "http.response.start":
            statuses.add(message["status"])  # type: ignore[arg-type]

    rest = {"query_string": b"", "headers": [(b"host", b"localhost:8000")], "client": ("127.0.0.1", 1)}
    for at, raw in enumerate(fuzzed(2_000)):
        clock.advance(seconds=1)
        await application(scope(raw, **rest, method=METHODS[at % 6], scheme="http"), receive, send)  # type: ignore[arg-type]
    assert {200, 400, 401, 404, 405} <= statuses
    assert not [each for each in statuses if each >= 500]


@pytest.mark.parametrize(
    "raw",
    ["//sign-in", "/v1//client", "/sign-in//", "/v1/./client", "/v1/x/../client", "/v1/%2e%2e/client", "/v1%2fclient", "/v1/%5cclient",
     "/v1/client;x", "/v1/client%3bx", "/v1\\client", "/v1/client%00", "/v1/client\n", "/v1/%ff", "/v1/%252fclient", "v1/client", "*", ""],
)  # fmt: skip
def test_a_path_that_two_readers_could_read_differently_is_refused(raw: str) -> None:  # R-WEB-08
    with pytest.raises(PathRefused):
        made_path(scope(raw))


def test_one_slash_at_the_end_is_dropped_and_case_counts() -> None:  # R-WEB-08
    assert made_path(scope("/v1/client/")) == "/v1/client"
    assert made_path(scope("/V1/client")) == "/V1/client"
    assert made_path(scope("/")) == "/"


@pytest.mark.parametrize("path", ["/auth/v1/client", "/v1/client"])
def test_the_path_of_the_public_address_may_be_kept_or_taken_away_by_the_proxy(path: str) -> None:
    assert made_path(scope(path), "/auth") == "/v1/client"
    assert made_path(scope(path, root_path="/auth")) == "/v1/client"
    assert made_path(scope("/authors"), "/auth") == "/authors"
    assert made_path(scope("/auth"), "/auth") == "/"


@pytest.mark.parametrize("path", ["/v1", "/v1/auth", "/npm", "/static", "/.well-known"])
def test_a_public_address_below_a_path_of_our_own_refuses_to_start(path: str) -> None:  # R-WEB-08
    with pytest.raises(ConfigError, match="path that this server uses itself"):
        Config.load({"public_url": f"http://localhost:8000{path}"}, {})
    Config.load({"public_url": "http://localhost:8000/v1auth"}, {})


async def test_a_refused_path_is_a_400_in_the_envelope_and_counted(browser: Browser) -> None:  # R-WEB-08
    for _ in range(5):
        assert await browser.refused("POST", "/v1//client/sign_ins", {}) == (400, "request_path_invalid")
    assert await browser.refused("POST", "/v1//client/sign_ins", {}) == (429, "too_many_requests")


@pytest.mark.parametrize(
    "spelling",
    ["/v1/client/sign_ins", "/v1/client/sign_ins/", "/v1/client/%73ign_ins", "/v1/client/sign_ins?_method=POST"],
)
async def test_every_spelling_that_is_answered_counts_against_the_limit(  # R-WEB-08, R-LIM-01
    engine: Engine, browser: Browser, spelling: str
) -> None:
    await engine.instances.update_settings(
        engine.instance, {"protection": {"rate_limits": {"create_sign_in": [5, 10]}}}
    )
    statuses = [
        (await browser.send("POST", spelling, {"identifier": f"{at}@example.com"})).status_code for at in range(7)
    ]
    assert statuses[5:] == [429, 429]
    assert 429 not in statuses[:5]


async def test_filling_in_a_sign_up_is_limited_too(browser: Browser) -> None:  # R-LIM-01, R-PWD-12
    answer = await browser.send("POST", "/v1/client/sign_ups", {"email_address": "ada@example.com"})
    path = f"/v1/client/sign_ups/{answer.json()['response']['id']}"
    statuses = [(await browser.send("PATCH", path, {"first_name": "Ada"})).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_a_route_that_declares_no_operation_fails_the_build() -> None:  # R-WEB-08
    @get("/v1/forgotten")
    async def forgotten() -> None: ...

    with pytest.raises(TypeError, match="forgotten at /v1/forgotten declares no operation"):
        Routes(Litestar([forgotten], openapi_config=None))


async def test_every_page_and_read_answers_head_without_a_body(browser: Browser) -> None:  # RFC 9110 section 9.3.2
    for path in ("/v1/environment", "/v1/client", "/.well-known/jwks.json", "/health"):
        whole, head = await browser.send("GET", path), await browser.http.head(path)
        assert (head.status_code, head.content) == (200, b""), path
        assert head.headers["content-length"] == str(len(whole.content)), path


async def test_health_answers_a_probe_that_knows_the_address_only(engine: Engine) -> None:
    transport = httpx.ASGITransport(build(engine))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://10.0.0.7:8000") as probe:
        assert [(await probe.get(path)).status_code for path in ("/health", "/v1/health", "/v1/environment")] == [
            200,
            200,
            421,
        ]
