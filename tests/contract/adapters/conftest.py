"""Every framework, with the server inside the app and with one elsewhere."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from sojourn import Sojourn
from sojourn.integrations.sojourn_client import SojournClient

from ...openapi.serving import served
from .site import APP, Loop, Server, Site

ASYNC = ["asgi", "starlette", "fastapi", "litestar", "quart"]
SYNC = ["wsgi", "flask"]
NAMES = [*ASYNC, *SYNC, "django-wsgi", "django-asgi"]
TRUSTED = "https://sister.example.com"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Websockets are asked for where there are any."""
    without = (*SYNC, "django-wsgi", "django-asgi")
    items[:] = [
        item
        for item in items
        if "test_sockets" not in item.nodeid or not any(f"[{name}-" in item.nodeid for name in without)
    ]


@pytest.fixture(scope="session", params=[f"{name}-{where}" for name in NAMES for where in ("inside", "beside")])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    name, _, where = request.param.rpartition("-")
    folder = tmp_path_factory.mktemp("site")
    with ExitStack() as stack:
        loop = Loop() if name in ASYNC or name == "django-asgi" else None
        if loop is not None:
            stack.callback(loop.close)
        sojourn, server = stack.enter_context(_inside(folder, loop) if where == "inside" else _beside(folder, loop))
        options: dict[str, Any] = {"trusted_origins": [TRUSTED]}
        if name.startswith("django"):
            from .apps import django

            database = tmp_path_factory.getbasetemp()
            app, undo = django.build(sojourn, database, is_async=loop is not None, **options)
            stack.callback(undo)
        else:
            if name in ASYNC:
                options["socket_check"] = timedelta(seconds=0.02)
            app = import_module(f".apps.{name}", __package__).build(sojourn, **options)
        if name == "litestar" and loop is not None:
            stack.enter_context(_started(app, loop))
        yield Site(name, sojourn, server, app, loop)


@pytest.fixture
def server(site: Site) -> Server:
    return site.server


@contextmanager
def _inside(folder: Path, loop: Loop | None) -> "Iterator[tuple[SojournClient, Server]]":
    """A server in the app's process, on the app's loop if it has one."""
    sojourn = Sojourn(public_url=f"{APP}/auth", data=folder)
    if loop is None:
        sojourn.ready_now()
    run = loop.run if loop is not None else sojourn.served()[1].run
    yield sojourn, Server(run(sojourn.engine()), run)
    if loop is None:
        sojourn.close_now()
    else:
        loop.run(sojourn.close())


@contextmanager
def _beside(folder: Path, loop: Loop | None) -> "Iterator[tuple[SojournClient, Server]]":
    with served(folder) as elsewhere:
        sojourn = Sojourn.remote(elsewhere.url, elsewhere.engine.instance.publishable_key, elsewhere.secret_key)
        yield sojourn, Server(elsewhere.engine, lambda work: elsewhere.run(lambda _: work))
        if loop is None:
            sojourn.close_now()
        else:
            loop.run(sojourn.close())


@contextmanager
def _started(app: Any, loop: Loop) -> Iterator[None]:
    """Litestar surrounds its router when it starts; the task that begins its life must end it."""
    begun, over = threading.Event(), asyncio.Event()

    async def live() -> None:
        async with app.lifespan():
            begun.set()
            await over.wait()

    life = asyncio.run_coroutine_threadsafe(live(), loop.loop)
    assert begun.wait(30)
    yield
    loop.loop.call_soon_threadsafe(over.set)
    life.result(30)
