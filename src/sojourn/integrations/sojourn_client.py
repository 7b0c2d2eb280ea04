"""The client object of an app, with the same names, types and errors for a local and a remote server."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol, TypeVar

from sojourn.backend.user import User
from sojourn.errors import ConfigError, Json
from sojourn.forking import watch
from sojourn.instant import Clock
from sojourn.integrations.authenticator import Authenticator
from sojourn.integrations.bridge import Bridge
from sojourn.tokens.claims import Claims
from sojourn.tokens.token_recall import Recall, RecallHeader

__all__ = ["SojournClient"]

T = TypeVar("T")
Data = dict[str, Json]


class Server(Protocol):
    """Requests of an app to its server."""

    async def user(self, user_id: str) -> User:
        """Raises: NotFound."""
        ...

    async def is_live(self, session_id: str) -> bool: ...

    async def end_session(self, session_id: str) -> None:
        """Does nothing if the session has already ended."""
        ...

    async def handshake(self, nonce: str) -> list[str]:
        """The cookies of a handshake nonce, which works once. Raises: NotFound."""
        ...

    async def read_data(self, key: str) -> Data | None:
        """The data stored under `key`, a session ID or the stored form of an anonymous visitor's secret."""
        ...

    async def write_data(self, key: str, data: Mapping[str, Json]) -> None:
        """Replace the stored data with `data`; empty data deletes it.

        Raises: FieldTooLong over 32 KiB, SessionEnded.
        """
        ...

    async def adopt_data(self, anonymous: str, session_id: str) -> Data:
        """Move an anonymous visitor's data to their new session, and return the session's data. Existing data of the
        session stays; the anonymous key becomes invalid.
        """
        ...


class SojournClient(ABC):
    """The methods come in two forms: `user` for async code, `user_now` for sync code on any thread but an event loop's."""

    mount_path = ""
    """The path at which the server is mounted in the app; empty for a remote server."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.recall: Recall = no_claims
        self.recall_header: RecallHeader = no_claims
        self._bridge = Bridge()
        watch(self)

    def begin_anew(self) -> None:
        """Reset in a forked process, where the parent's threads do not run and its locks may be held."""
        self._bridge = Bridge()

    @property
    @abstractmethod
    def gate(self) -> Authenticator | None:
        """The authenticator; None until `ready` has created it."""

    @property
    def known_gate(self) -> Authenticator | None:
        """The authenticator for everything except verification, such as sign-in URLs; available before keys are
        fetched.
        """
        return self.gate

    @abstractmethod
    async def ready(self) -> Authenticator: ...

    @abstractmethod
    def ready_now(self) -> Authenticator: ...

    async def open(self) -> None:
        """`ready`, at an app's start.

        Raises: ConfigError if the server rejects the keys; an unreachable server is asked later.
        """
        gate = await self.ready()
        if gate.trouble:
            raise ConfigError(gate.trouble)

    @abstractmethod
    async def close(self) -> None: ...

    def close_now(self) -> None:
        """As `close`, for sync apps."""
        self._bridge.run(self.close())
        self._bridge.close()

    def served(self) -> "tuple[Any, Bridge] | None":
        """The server inside this process and the bridge to it; None for a remote server."""
        return None

    @asynccontextmanager
    async def lifespan(self, _: Any = None) -> "AsyncGenerator[None]":
        """For Starlette's and FastAPI's `lifespan`: ready before the first request, closed with the app."""
        await self.open()
        try:
            yield
        finally:
            await self.close()

    async def user(self, user_id: str) -> User:
        """Raises: NotFound, BadSecretKey, ServerUnreachable."""
        return await self._ask(lambda server: server.user(user_id))

    def user_now(self, user_id: str) -> User:
        return self._ask_now(lambda server: server.user(user_id))

    async def is_live(self, session_id: str) -> bool:
        """True if the server says that the session has neither ended nor timed out (R-JWT-10)."""
        return await self._ask(lambda server: server.is_live(session_id))

    def is_live_now(self, session_id: str) -> bool:
        return self._ask_now(lambda server: server.is_live(session_id))

    async def end_session(self, session_id: str) -> None:
        """Sign a session out; tokens already issued stay valid for up to a minute."""
        await self._ask(lambda server: server.end_session(session_id))

    def end_session_now(self, session_id: str) -> None:
        self._ask_now(lambda server: server.end_session(session_id))

    async def handshake(self, nonce: str) -> list[str]:
        """The Set-Cookie values of a handshake nonce, which works once.

        Raises: NotFound, BadSecretKey, ServerUnreachable.
        """
        return await self._ask(lambda server: server.handshake(nonce))

    def handshake_now(self, nonce: str) -> list[str]:
        return self._ask_now(lambda server: server.handshake(nonce))

    async def read_data(self, key: str) -> Data | None:
        return await self._ask(lambda server: server.read_data(key))

    def read_data_now(self, key: str) -> Data | None:
        return self._ask_now(lambda server: server.read_data(key))

    async def write_data(self, key: str, data: Mapping[str, Json]) -> None:
        await self._ask(lambda server: server.write_data(key, data))

    def write_data_now(self, key: str, data: Mapping[str, Json]) -> None:
        self._ask_now(lambda server: server.write_data(key, data))

    async def adopt_data(self, anonymous: str, session_id: str) -> Data:
        return await self._ask(lambda server: server.adopt_data(anonymous, session_id))

    def adopt_data_now(self, anonymous: str, session_id: str) -> Data:
        return self._ask_now(lambda server: server.adopt_data(anonymous, session_id))

    @abstractmethod
    async def _server(self) -> Server: ...

    async def _asking(self, question: Callable[[Server], Awaitable[T]]) -> T:
        return await question(await self._server())

    async def _ask(self, question: Callable[[Server], Awaitable[T]]) -> T:
        return await self._bridge.reach(self._asking(question))

    def _ask_now(self, question: Callable[[Server], Awaitable[T]]) -> T:
        return self._bridge.run(self._asking(question))


def no_claims(_: object) -> Claims | None:
    """The client's state before it is opened."""
    return None
