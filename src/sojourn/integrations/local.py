"""Sojourn inside an app's own process: mounted below a path, opened at the first request, closed with the app."""

import asyncio
import os
from collections.abc import Collection, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sojourn.errors import ConfigError
from sojourn.instant import Clock, SystemClock
from sojourn.integrations.asgi import App, Receive, Scope, Send
from sojourn.integrations.authenticator import Authenticator
from sojourn.integrations.authorized_parties import named_parties
from sojourn.integrations.bridge import Bridge
from sojourn.integrations.local_server import EngineServer, gate_of
from sojourn.integrations.sojourn_client import SojournClient, no_claims

if TYPE_CHECKING:
    from sojourn.engine import Engine
    from sojourn.factors.factor import Factor
    from sojourn.messages.mailer import Mailer
    from sojourn.server.worker import Worker

__all__ = ["Sojourn"]

_SERVER_PARTS = ("litestar", "sqlalchemy", "alembic", "argon2", "granian", "structlog", "jinja2")
"""The modules that only the server needs; an app may have some of them installed, but not all."""


class LocalClient(SojournClient):
    """An ASGI app with the sign-in pages and both APIs; mount it at the path of `public_url`.

    `lifespan` can be given to Starlette or FastAPI so that the last mail and activity are written at shutdown.
    """

    def __init__(
        self,
        public_url: str = "http://localhost:8000/auth",
        data: str | Path = ".sojourn",
        *,
        authorized_parties: Collection[str] = (),
        clock: Clock | None = None,
        mailer: "Mailer | None" = None,
        factors: "Sequence[Factor]" = (),
    ) -> None:
        """`authorized_parties` are the only origins whose tokens are accepted; by default those that the instance
        allows. `factors` are the app's own, in addition to the built-in ones. `clock` and `mailer` are for tests.
        Raises: ConfigError, also if the `server` extra is not installed, and for a development server at an address
        other than this machine (R-DEV-01).
        """
        if missing := [name for name in _SERVER_PARTS if find_spec(name) is None]:
            raise ConfigError(
                f"the server is not installed ({', '.join(missing)}): pip install 'sojourn[server]', or name one with "
                "Sojourn.remote(url, publishable_key)"
            )
        super().__init__(clock or SystemClock())
        self.public_url = public_url.rstrip("/")
        self.mount_path = urlsplit(self.public_url).path
        self._data = Path(data)
        self._check_development()
        self._parties = named_parties(authorized_parties)
        self._mailer = mailer
        self._factors = tuple(factors)
        self._opening = asyncio.Lock()
        self._engine: Engine | None = None
        self._worker: Worker | None = None
        self._served: App | None = None
        self._gate: Authenticator | None = None
        self._of_parents: list[object] = []

    def _check_development(self) -> None:
        from sojourn.config import Config  # not needed without the server extra

        config = Config.of(Config.named({"public_url": self.public_url, "data": self._data}))
        if config.is_development:
            config.check()

    @property
    def gate(self) -> Authenticator | None:
        return self._gate

    async def ready(self) -> Authenticator:
        """Open the engine on the event loop of the first caller."""
        if not self._bridge.settle():
            return await self._bridge.reach(self.ready())
        if self._gate is None or self._engine is None:
            await self._open()
        assert self._gate is not None
        return self._gate

    def ready_now(self) -> Authenticator:
        return self._gate or self._bridge.run(self.ready())

    def served(self) -> tuple[App, Bridge]:
        return self, self._bridge

    async def engine(self) -> "Engine":
        """The engine itself, for operations without a method here."""
        await self.ready()
        assert self._engine is not None
        return self._engine

    async def _server(self) -> "EngineServer":
        return EngineServer(await self.engine())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.ready()
        assert self._served is not None
        await self._served(scope, receive, send)

    def begin_anew(self) -> None:
        """The next call opens an engine in this process. The parent's engine is kept referenced, so that it is not
        closed here, because closing a database would write to it.
        """
        super().begin_anew()
        self._of_parents.append((self._engine, self._worker, self._served, self._gate))
        self._engine = self._worker = self._served = self._gate = None
        self.recall = self.recall_header = no_claims
        self._opening = asyncio.Lock()

    async def close(self) -> None:
        if self._engine is not None and self._worker is not None:
            await self._worker.stop()
            await self._engine.close()
        self._engine = self._worker = self._served = self._gate = None
        self.recall = self.recall_header = no_claims
        self._opening = asyncio.Lock()
        self._bridge.leave()

    async def _open(self) -> None:
        # imported here: without the server extra there is no server inside
        from sojourn.config import Config
        from sojourn.engine import Engine
        from sojourn.integrations.dashboard_host import dashboard_host
        from sojourn.server.console import ConsoleOpenedLater
        from sojourn.server.development import development_config, keep_development_key
        from sojourn.server.worker import Worker
        from sojourn.ui.refusals import refusal_page
        from sojourn.ui.routes import PAGES
        from sojourn.web.app import build

        async with self._opening:
            if self._gate is not None:
                return
            config = Config.load({"public_url": self.public_url, "data": self._data})
            keys_in_folder = None
            if config.is_development:
                config, keys_in_folder = development_config(config)
            config = replace(config, factors=self._factors)
            engine = await Engine.open(config, clock=self.clock, mailer=self._mailer)
            if keys_in_folder is not None:
                await keep_development_key(engine, keys_in_folder)
            host = dashboard_host(config.public_host) if config.is_development else ""
            self._engine, self._worker = engine, Worker(engine)
            self._worker.start()
            console = ConsoleOpenedLater(engine, self._worker, host) if host or config.dashboard_in_app else None
            self._served = build(engine, pages=PAGES, console=console, refusal_page=refusal_page)  # pyright: ignore[reportAttributeAccessIssue, reportArgumentType]
            parties = self._parties or named_parties(config.authorized_parties)
            self._gate, (self.recall, self.recall_header) = gate_of(engine, self, parties, dashboard_host=host)


class Sojourn(LocalClient):
    """`Sojourn(public_url=…)` runs in-process, `Sojourn.remote(url, …)` uses a remote server; both have the same names
    and types.
    """

    @classmethod
    def from_environment(
        cls, public_url: str = "http://localhost:8000/auth", data: str | Path = ".sojourn"
    ) -> SojournClient:
        """A client of the remote server at `SOJOURN_URL`, with `SOJOURN_PUBLISHABLE_KEY` and `SOJOURN_SECRET_KEY` as
        `sojourn env` prints them; without `SOJOURN_URL` a server inside this process. Raises: ConfigError.
        """
        url, key = os.environ.get("SOJOURN_URL"), os.environ.get("SOJOURN_PUBLISHABLE_KEY", "")
        if url is None:
            return cls(public_url=public_url, data=data)
        if not key:
            raise ConfigError("SOJOURN_URL is set and SOJOURN_PUBLISHABLE_KEY is not: `sojourn env` prints both")
        parties = [
            party for party in map(str.strip, os.environ.get("SOJOURN_AUTHORIZED_PARTIES", "").split(",")) if party
        ]
        return cls.remote(
            url, key, os.environ.get("SOJOURN_SECRET_KEY", ""),
            public_url=os.environ.get("SOJOURN_PUBLIC_URL", ""), authorized_parties=parties,
        )  # fmt: skip

    @staticmethod
    def remote(
        url: str,
        publishable_key: str,
        secret_key: str = "",
        *,
        public_url: str = "",
        authorized_parties: Collection[str] = (),
    ) -> SojournClient:
        """A client of a remote server.

        `public_url` is the URL for browsers, if the app reaches the server at another one.
        """
        from sojourn.integrations.remote import Remote

        return Remote(url, publishable_key, secret_key, public_url=public_url, authorized_parties=authorized_parties)
