"""Sojourn inside an app's own process: mounted below a path, opened with the first request, closed with the app."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sojourn.errors import ConfigError, Json
from sojourn.integrations.asgi import App, Receive, Scope, Send
from sojourn.integrations.bridge import Bridge
from sojourn.integrations.gate import Gate
from sojourn.tokens.handshake import read_handshake
from sojourn.tokens.session_token import Verifier

if TYPE_CHECKING:
    from sojourn.engine import Sojourn as Engine
    from sojourn.server.worker import Worker


class Embedded:
    """An ASGI app with the sign-in pages and both APIs; mount it at the path of `public_url`.

    `lifespan` can be given to Starlette or FastAPI so that the last mail and activity are written at shutdown.
    """

    def __init__(self, public_url: str = "http://localhost:8000/auth", data: str | Path = ".sojourn") -> None:
        """Raises: ConfigError when only the light half of the package is installed."""
        if find_spec("litestar") is None:
            raise ConfigError(
                "the server is not installed: install sojourn[server], or name one with Sojourn.remote(url, publishable_key)"
            )
        self.public_url = public_url.rstrip("/")
        self.mount_path = urlsplit(self.public_url).path
        self._data = Path(data)
        self._opening = asyncio.Lock()
        self._engine: Engine | None = None
        self._worker: Worker | None = None
        self._server: App | None = None
        self._gate: Gate | None = None
        self._bridge = Bridge()

    @property
    def gate(self) -> Gate | None:
        return self._gate

    async def ready(self) -> Gate:
        if self._gate is None:
            await self._open()
        assert self._gate is not None
        return self._gate

    def ready_now(self) -> Gate:
        """For sync apps: the engine then lives on a thread of its own."""
        return self._gate or self._bridge.run(self.ready())

    def served(self) -> tuple[App, Bridge]:
        return self, self._bridge

    def close_now(self) -> None:
        """As `close`, for sync apps."""
        self._bridge.run(self.close())
        self._bridge.close()

    async def engine(self) -> "Engine":
        """The engine itself, for everything that has no short name here."""
        await self.ready()
        assert self._engine is not None
        return self._engine

    async def user(self, user_id: str) -> dict[str, Json]:
        """The user as the Backend API shows it. Raises: NotFound."""
        from sojourn.ids import UserId
        from sojourn.web.resources.users import backend_user

        engine = await self.engine()
        found = await engine.accounts.get(engine.instance, UserId(user_id))
        return dict(backend_user(found, engine.instance, engine.clock.now()))  # pyright: ignore[reportReturnType]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.ready()
        assert self._server is not None
        await self._server(scope, receive, send)

    @asynccontextmanager
    async def lifespan(self, _: Any = None) -> "AsyncGenerator[None]":
        await self.ready()
        try:
            yield
        finally:
            await self.close()

    async def close(self) -> None:
        if self._engine is not None and self._worker is not None:
            await self._worker.stop()
            await self._engine.close()
        self._engine = self._worker = self._server = self._gate = None

    async def _open(self) -> None:
        # imported here: the light install has no server inside
        from sojourn.config import Config
        from sojourn.engine import Sojourn as Engine
        from sojourn.server.development import development_config, keep_development_key
        from sojourn.server.worker import Worker
        from sojourn.ui import mailbox, pages
        from sojourn.web.app import build

        async with self._opening:
            if self._gate is not None:
                return
            config = Config.load({"public_url": self.public_url, "data": self._data})
            keys_in_folder = None
            if config.is_development:
                config, keys_in_folder = development_config(config)
            engine = await Engine.open(config)
            if keys_in_folder is not None:
                await keep_development_key(engine, keys_in_folder)
            ring = await engine.keyring.ring(engine.instance)
            keys = {key.kid: key.verification_key for key in ring.keys}

            def find(kid: str, /) -> Any:
                """Also a key that was rotated in while this process runs."""
                known = {key.kid: key.verification_key for key in engine.keyring.find(engine.instance).keys}
                return known.get(kid) or keys.get(kid)

            verifier = Verifier(find, issuer=self.public_url, clock=engine.clock)
            self._engine, self._worker = engine, Worker(engine)
            self._worker.start()
            self._server = build(engine, pages=[*pages.HANDLERS, *mailbox.HANDLERS])  # pyright: ignore[reportAttributeAccessIssue]
            self._gate = Gate(
                engine.instance.publishable_key,
                self.public_url,
                verifier.verify,
                lambda token: read_handshake(token, find, engine.clock.now()),
                recall=verifier.recall,
            )


class Sojourn(Embedded):
    """`Sojourn(public_url=…)` in-process, or `Sojourn.remote(url, …)` against a server: same names, same types."""

    @staticmethod
    def remote(url: str, publishable_key: str, secret_key: str = "") -> "Any":
        from sojourn.integrations.remote import Remote

        return Remote(url, publishable_key, secret_key)
