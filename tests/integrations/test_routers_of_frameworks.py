"""Guards of adapters against each framework's own router: a path that leads to a protected handler is protected, however it is spelled."""

import random
from collections.abc import Callable
from urllib.parse import unquote

import django
import pytest
from django.conf import settings
from django.urls import Resolver404, URLResolver, path
from django.urls.resolvers import RegexPattern
from fastapi import FastAPI
from flask import Flask
from litestar import Litestar, get
from litestar.exceptions import HTTPException
from litestar.utils import normalize_path
from quart import Quart
from starlette.applications import Starlette
from starlette.routing import Match, Route, Router
from werkzeug.exceptions import HTTPException as WerkzeugError
from werkzeug.routing import Map, RequestRedirect

from sojourn.integrations.path_patterns import Matcher

PATTERNS = {
    "home": "/", "open": "/open", "page": "/open/{name}", "file": "/files/{name}.txt",
    "secret": "/secret", "one": "/secret/{name}", "inner": "/open/{name}/secret", "slash": "/closed/", "raw": "/files/{name}.bin",
}  # fmt: skip
OPEN = frozenset({"home", "open", "page", "file"})
PUBLIC = Matcher(public=["/", "/open", "/open/:name", "/files/:name.txt"])
PROTECTED = Matcher(protected=["/secret(.*)", "/open/:name/secret", "/closed(.*)", "/files/:name.bin"])
PIECES = (
    "/", "//", "/./", "/../", "..", ".", "\\", "%2f", "%2F", "%5c", "%252f", ";", ";x", "%3b", "%00", "%0a", "%0d", "\n", "%7f", "%2e",
    "%2e%2e", "%e2%80%a8", "%c2%85", "%c2%a0", "%ff", "%", " ", "+", "?", "#", "secret", "SECRET", "Secret", "%73ecret", "open", "Open",
    "closed", "files", "a", "a.txt", ".bin", ".txt", "é", "\u017fecret", "\uff0f", "{name}",
)  # fmt: skip

Routed = Callable[[str], str | None]
"""The name of the handler that a router chooses for a decoded path; None for none."""


async def answer(name: str = "") -> None: ...


def of_starlette(router: Router) -> Routed:
    def routed(path: str) -> str | None:
        scope = {"type": "http", "method": "GET", "path": path, "root_path": "", "headers": []}
        for each in router.routes:
            if each.matches(scope)[0] is Match.FULL:
                return each.name  # type: ignore[attr-defined]
        return None

    return routed


def of_werkzeug(url_map: Map) -> Routed:
    adapter = url_map.bind("localhost")

    def routed(path: str) -> str | None:
        try:
            return str(adapter.match(path, method="GET")[0])
        except RequestRedirect:
            return None  # the browser asks again, by another path
        except WerkzeugError:
            return None

    return routed


def starlette() -> Routed:
    return of_starlette(Starlette(routes=[Route(each, answer, name=name) for name, each in PATTERNS.items()]).router)


def fastapi() -> Routed:
    app = FastAPI(openapi_url=None)
    for name, each in PATTERNS.items():
        app.add_api_route(each, answer, name=name)
    return of_starlette(app.router)


def flask() -> Routed:
    app = Flask("app", static_folder=None)
    for name, each in PATTERNS.items():
        app.add_url_rule(each.replace("{", "<").replace("}", ">"), name, answer)  # type: ignore[arg-type]
    return of_werkzeug(app.url_map)


def quart() -> Routed:
    app = Quart("app", static_folder=None)
    for name, each in PATTERNS.items():
        app.add_url_rule(each.replace("{", "<").replace("}", ">"), name, answer)  # type: ignore[arg-type]
    return of_werkzeug(app.url_map)  # type: ignore[arg-type]


def litestar() -> Routed:
    async def answered() -> None: ...

    # a parameter is a whole segment there
    handlers = [
        get(each.replace("{name}", "{name:str}"), name=name)(answered)
        for name, each in PATTERNS.items()
        if "}." not in each
    ]
    app = Litestar(handlers, openapi_config=None)

    def routed(path: str) -> str | None:
        try:
            return app.asgi_router._handle_routing(normalize_path(path), "GET")[1].name
        except HTTPException:
            return None

    return routed


def of_django() -> Routed:
    if not settings.configured:
        settings.configure()
        django.setup()
    urls = [path(each[1:].replace("{name}", "<str:name>"), answer, name=name) for name, each in PATTERNS.items()]
    resolver = URLResolver(RegexPattern(r"^/"), urls)  # type: ignore[arg-type]

    def routed(asked: str) -> str | None:
        try:
            return resolver.resolve(asked).url_name
        except Resolver404:
            return None

    return routed


def fuzzed(number: int) -> list[str]:
    seeded = random.Random(21)
    known = [each.replace("{name}", "a") for each in PATTERNS.values()]
    paths: list[str] = []
    for _ in range(number):
        found = seeded.choice(known)
        for _ in range(seeded.randint(0, 3)):
            at = seeded.randint(0, len(found))
            found = found[:at] + seeded.choice(PIECES) + found[at + seeded.choice((0, 0, 1, 3)) :]
        paths.append(found)
    return paths


@pytest.mark.parametrize("made", [starlette, fastapi, flask, quart, litestar, of_django])
def test_no_spelling_leads_past_the_guard(made: Callable[[], Routed]) -> None:  # R-WEB-08
    routed, reached = made(), 0
    for raw in fuzzed(100_000 // 6):
        asked = unquote(raw.partition("?")[0])
        name = routed(asked)
        if name is None or name in OPEN:
            continue
        reached += 1
        assert PUBLIC.is_protected(asked), f"{raw!r} reaches {name}"
        assert PROTECTED.is_protected(asked), f"{raw!r} reaches {name}"
    assert reached > 1_000
