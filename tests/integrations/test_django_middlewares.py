"""What other middleware of a Django app asks of Sojourn: no view has been reached when the answer is no."""

import asyncio
import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from weakref import ref

import django
import httpx
import pytest
from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.utils import override_settings
from django.utils.decorators import sync_and_async_middleware

from sojourn.errors import ServerUnreachable
from sojourn.testing import FakeSojourn

from ..contract.adapters.apps import django as app

Ask = Callable[..., httpx.Response]
URL = "http://localhost:8000/open/login"


@sync_and_async_middleware
def asking(get_response: Any) -> Any:
    """The app's own: who is this? `X-Break` has it fail by itself, `X-Data` has it look into the visitor's data."""

    def ask(request: HttpRequest) -> None:
        if "X-Break" in request.headers:
            raise ZeroDivisionError
        if "X-Data" in request.headers:
            request.session.get("name")

    if iscoroutinefunction(get_response):  # pyright: ignore[reportDeprecated]  # inspect's does not know Django's own mark

        async def asks_async(request: Any) -> Any:
            ask(request)
            await request.sojourn.user()
            return await get_response(request)

        return asks_async

    def asks(request: Any) -> Any:
        ask(request)
        request.sojourn.user_now()
        return get_response(request)

    return asks


@pytest.fixture(params=["wsgi", "asgi"])
def ask(
    request: pytest.FixtureRequest, sojourn: FakeSojourn, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Ask]:
    """Ask an app which has the given middleware behind all others, as it would run in production."""
    is_async = request.param == "asgi"
    app.configure(tmp_path_factory.getbasetemp())

    async def sent(built: Any, headers: dict[str, str]) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(built)) as client:
            return await client.get(URL, headers=headers)

    def answer(middleware: str, **headers: str) -> httpx.Response:
        chain = [*settings.MIDDLEWARE, middleware]
        with override_settings(MIDDLEWARE=chain, DEBUG_PROPAGATE_EXCEPTIONS=False):
            built, undo = app.build(sojourn, tmp_path_factory.getbasetemp(), is_async=is_async)
            try:
                if is_async:
                    return asyncio.run(sent(built, headers))
                with httpx.Client(transport=httpx.WSGITransport(built)) as client:
                    return client.get(URL, headers=headers)
            finally:
                undo()

    yield answer


@pytest.fixture
def down(sojourn: FakeSojourn, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unreachable(*_: object) -> None:
        raise ServerUnreachable()

    for question in ("user", "read_data", "adopt_data"):
        monkeypatch.setattr(type(sojourn.memory), question, unreachable)


OWN = f"{__name__}.asking"
LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"


def test_a_middleware_of_the_app_is_told_who_is_there(ask: Ask, sojourn: FakeSojourn) -> None:
    ada = sojourn.signed_in()
    assert ask(OWN, **ada.headers).json() == {"user": ada.user.id}


def test_a_server_that_does_not_answer_a_middleware_is_busy_and_not_broken(  # R-REL-03
    ask: Ask, sojourn: FakeSojourn, down: None
) -> None:
    for more in ({}, {"X-Data": "1"}):
        busy = ask(OWN, **sojourn.signed_in().headers, **more)
        assert (busy.status_code, busy.headers["retry-after"], busy.headers["cache-control"]) == (
            503,
            "5",
            "no-store",
        ), busy.text
        assert busy.json()["errors"][0]["code"] == ServerUnreachable.code


@pytest.mark.skipif(django.VERSION < (5, 1), reason="Django has it since 5.1")
def test_djangos_guard_of_everything_says_so_too(ask: Ask, sojourn: FakeSojourn, down: None) -> None:
    assert ask(LOGIN).status_code == 302
    busy = ask(LOGIN, **sojourn.signed_in().headers)
    assert (busy.status_code, busy.headers["retry-after"]) == (503, "5"), busy.text


def test_a_user_who_is_gone_when_a_middleware_asks_is_401(ask: Ask, sojourn: FakeSojourn) -> None:
    ada = sojourn.signed_in()
    del sojourn.memory.users[ada.user.id]
    gone = ask(OWN, **ada.headers)
    assert (gone.status_code, gone.headers["x-clerk-auth-reason"]) == (401, "user-gone"), gone.text


def test_a_middleware_that_breaks_by_itself_is_a_500(ask: Ask, sojourn: FakeSojourn, down: None) -> None:
    broken = ask(OWN, **sojourn.signed_in().headers, **{"X-Break": "1"})
    assert broken.status_code == 500


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_a_request_is_freed_with_its_answer_and_waits_for_no_collector(
    sojourn: FakeSojourn, tmp_path: Path, is_signed_in: bool
) -> None:
    app.configure(tmp_path)
    _, undo = app.build(sojourn, tmp_path, is_async=False)
    from sojourn.integrations.django.middleware import SojournMiddleware

    headers = sojourn.signed_in().headers if is_signed_in else {}
    guard = SojournMiddleware(lambda _: HttpResponse())
    gc.disable()
    try:
        for _ in range(2):  # the second time, the token is remembered
            request = RequestFactory().get("/open/login", headers=headers)
            answered, seen = guard(request), ref(request)
            assert isinstance(answered, HttpResponse)
            assert answered.status_code == 200
            del request
            assert seen() is None
    finally:
        gc.enable()
        undo()
