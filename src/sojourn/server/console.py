"""The dashboard of a server inside an app, opened at its first request: most processes of an app never serve it."""

import asyncio

from litestar.types import ASGIApp, Receive, Scope, Send

from sojourn.dashboard import Dashboard
from sojourn.engine import Engine
from sojourn.server.worker import Worker
from sojourn.ui.console_pages import console_app


class ConsoleOpenedLater:
    """An ASGI application; `host` is the dashboard's own host, empty for the app's."""

    def __init__(self, engine: Engine, worker: Worker, host: str) -> None:
        self._engine = engine
        self._worker = worker
        self._host = host
        self._opening = asyncio.Lock()
        self._app: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Raises: SojournError, before anything is sent, if the dashboard cannot be opened."""
        async with self._opening:
            if self._app is None:
                dashboard = await Dashboard.open(self._engine, self._host)
                self._worker.follow(dashboard.console)
                self._app = console_app(dashboard)
        await self._app(scope, receive, send)
