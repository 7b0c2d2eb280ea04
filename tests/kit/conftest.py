"""The kit is used here as apps use it, by its fixtures alone: an app of each framework, made with a server that is nowhere."""

from collections.abc import Iterator
from importlib import import_module

import httpx
import pytest

from sojourn import Sojourn
from sojourn.integrations.sojourn_client import SojournClient

from ..contract.adapters.apps import django
from ..contract.adapters.site import Loop

SYNC = ["wsgi", "flask", "django-wsgi"]
NAMES = ["asgi", "starlette", "fastapi", "litestar", "quart", *SYNC, "django-asgi"]


class App:
    """The app under test. `get` and `post` go without cookies of their own."""

    def __init__(self, app: object, loop: Loop | None) -> None:
        self._app = app
        self._loop = loop

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self._ask("GET", path, headers)

    def post(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        return self._ask("POST", path, headers)

    def _ask(self, method: str, path: str, headers: dict[str, str] | None) -> httpx.Response:
        request = httpx.Request(method, f"http://localhost:8000{path}", headers=headers)
        if self._loop is None:
            with httpx.Client(transport=httpx.WSGITransport(self._app)) as client:  # type: ignore[arg-type]
                return client.send(request)
        return self._loop.run(self._sent(request))

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app)) as client:  # type: ignore[arg-type]
            return await client.send(request)


@pytest.fixture
def sojourn_handle() -> SojournClient:
    return Sojourn.remote("http://127.0.0.1:9", "pk_test_c29qb3Vybi5sb2NhbGhvc3Qk", "sk_test_x")


@pytest.fixture(params=NAMES)
def app(
    request: pytest.FixtureRequest, sojourn_handle: SojournClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[App]:
    name: str = request.param
    loop = None if name in SYNC else Loop()
    undo = None
    if name.startswith("django"):
        made, undo = django.build(sojourn_handle, tmp_path_factory.getbasetemp(), is_async=loop is not None)
    else:
        made = import_module(f"..contract.adapters.apps.{name}", __package__).build(sojourn_handle)
    yield App(made, loop)
    if undo is not None:
        undo()
    if loop is not None:
        loop.close()
