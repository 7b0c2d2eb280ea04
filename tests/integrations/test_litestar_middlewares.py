"""A Litestar app whose other middleware changes answers: errors are answered within it, whoever stands around whom."""

from typing import Any

import pytest
from litestar import Litestar, get
from litestar.config.app import AppConfig
from litestar.exceptions import NotFoundException
from litestar.middleware import DefineMiddleware
from litestar.plugins import InitPlugin
from litestar.testing import AsyncTestClient

from sojourn.integrations.litestar import SojournPlugin
from sojourn.testing import FakeSojourn


class _Marks:
    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def marking(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"x-mark", b"seen")]
            await send(message)

        await self._app(scope, receive, marking)


class _Outside(InitPlugin):
    """Puts its middleware around all that is there before it."""

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.middleware.insert(0, DefineMiddleware(_Marks))
        return app_config


@get("/lost")
async def _lost() -> None:
    raise NotFoundException("There is no such thing.")


@get("/broken")
async def _broken() -> None:
    raise ValueError("on purpose")


@pytest.mark.parametrize("where", ["nowhere", "inside", "outside", "of the handler"])
async def test_an_errors_answer_goes_through_every_other_middleware(sojourn: FakeSojourn, where: str) -> None:
    ada, plugin = sojourn.signed_in(), SojournPlugin(sojourn)
    handlers = [get("/lost", middleware=[_Marks])(_lost.fn), get("/broken", middleware=[_Marks])(_broken.fn)]
    app = Litestar(
        handlers if where == "of the handler" else [_lost, _broken],
        plugins=[plugin, *([_Outside()] if where == "outside" else [])],
        middleware=[_Marks] if where == "inside" else [],
        logging_config=None,
    )
    another = Litestar(
        [_lost], plugins=[plugin], logging_config=None
    )  # with nothing around it, which is its own matter
    async with AsyncTestClient(app, raise_server_exceptions=False) as client, AsyncTestClient(another):
        for path, status in (("/lost", 404), ("/broken", 500)):
            answer = await client.get(path, headers=ada.headers)
            assert answer.status_code == status
            assert answer.headers.get("x-mark") == (None if where == "nowhere" else "seen")
            assert answer.headers["cache-control"] == "private, no-store"
