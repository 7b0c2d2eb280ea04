"""Connections to PostgreSQL, directly or through a pooler such as PgBouncer, and the wait at start until it responds."""

import asyncio
import socket
import time
from collections.abc import Sequence
from typing import Any, Protocol, cast

import asyncpg

from sojourn.errors import ConfigError, Overloaded
from sojourn.store.postgres_address import PostgresAddress
from sojourn.store.sql.database import Row

START_SECONDS = 15.0
"""The total time that a start waits for the database, unless `connect_timeout` in the URL sets another."""

_ONE_TRY_SECONDS = 10
_PAUSE_SECONDS = 0.5
_GUARDS = {
    "statement_timeout": "4500ms",  # shorter than the caller's time limit, so waiting for a lock does not count as a hang
    "synchronous_commit": "on",
    "idle_in_transaction_session_timeout": "15s",
}
_AT_ITS_BEGIN = "".join(f" SET LOCAL {name} = '{value}';" for name, value in _GUARDS.items())
_STARTUP_PARAMETER = "startup parameter"

AWAY = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # shutting down, starting up, deadline over
    asyncpg.InsufficientResourcesError,
    asyncpg.ReadOnlySQLTransactionError,  # a standby that is not promoted yet
)
"""Transient errors: no connection, no free slot, a timeout, no writable server."""


class PostgresConnection(Protocol):
    """Types for the part of the driver used here; the driver has none."""

    async def fetch(self, query: str, *args: object) -> Sequence[Row]: ...
    def terminate(self) -> None: ...


class BehindPooler(asyncpg.Connection):
    """A connection that may use another server connection for each transaction. Session settings are sent with each
    BEGIN, in the same message. Statements are unnamed, so none outlives its transaction on a server connection that
    another client uses next.
    """

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        if query.startswith("BEGIN") and not args:
            query += _AT_ITS_BEGIN
        return await super().execute(query, *args, **options)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]

    async def set_type_codec(self, *_: Any, **__: Any) -> None:
        """Does nothing: JSON is text here, and the look-up would send two messages outside a transaction."""


class Connector:
    """Opens connections to one address. The first one detects a pooler."""

    def __init__(self, url: str) -> None:
        """Raises: ConfigError."""
        self._address = PostgresAddress.parse(url)
        self._settings = {"application_name": "sojourn", **self._address.settings}
        self._is_pooled: bool | None = True if self._address.is_pooled else None
        self._finding_out = asyncio.Lock()

    @property
    def is_pooled(self) -> bool:
        """True if a connection pooler is in front; known after the first connection."""
        return bool(self._is_pooled)

    async def open(self, seconds: float) -> PostgresConnection:
        """Open a connection within `seconds`. Raises: Overloaded (with the cause), TimeoutError, ConfigError."""
        try:
            async with asyncio.timeout(seconds):
                if self._is_pooled is None:
                    async with self._finding_out:
                        if self._is_pooled is None:
                            self._is_pooled = await self._has_pooler()
                return await self._connect(is_pooled=self._is_pooled)
        except TimeoutError:
            raise
        except asyncpg.ClientConfigurationError as error:
            raise ConfigError(f"SOJOURN_DATABASE_URL cannot be used: {reason_of(error)}") from error
        except (*AWAY, asyncpg.PostgresError) as error:
            raise Overloaded() from error

    async def _connect(self, *, is_pooled: bool) -> PostgresConnection:
        kind = BehindPooler if is_pooled else asyncpg.Connection
        settings = self._settings if is_pooled else {**self._settings, **_GUARDS}
        opened = await asyncpg.connect(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
            self._address.url,
            timeout=_ONE_TRY_SECONDS,
            statement_cache_size=0 if is_pooled else 100,
            connection_class=kind,
            server_settings=settings,
        )
        return cast("PostgresConnection", opened)

    async def _has_pooler(self) -> bool:
        """Poolers reject settings at the start of a session or lose them, so the server does not have ours."""
        try:
            tried = await asyncpg.connect(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
                self._address.url, timeout=_ONE_TRY_SECONDS, statement_cache_size=0,
                server_settings={**self._settings, **_GUARDS},
            )  # fmt: skip
        except asyncpg.PostgresError as error:
            if _STARTUP_PARAMETER not in str(error):
                raise
            return True
        try:
            found = cast("str", await tried.fetchval("SELECT current_setting('statement_timeout')"))  # pyright: ignore[reportUnknownMemberType]
            return found != _GUARDS["statement_timeout"]
        finally:
            tried.terminate()  # pyright: ignore[reportUnknownMemberType]

    async def wait(self) -> None:
        """Return once the database responds, retrying up to the total time of the address or `START_SECONDS`. Raises:
        ConfigError with the reason of the last attempt.
        """
        total = self._address.start_seconds or START_SECONDS
        end = time.monotonic() + total
        while True:
            remaining = end - time.monotonic()
            try:
                opened = await self.open(min(max(remaining, 0.1), _ONE_TRY_SECONDS))
                opened.terminate()
                return
            except (Overloaded, TimeoutError) as error:
                cause = error.__cause__ if isinstance(error, Overloaded) else error
                if not isinstance(cause, AWAY):
                    raise ConfigError(f"the database of SOJOURN_DATABASE_URL refuses: {reason_of(cause)}") from error
                if time.monotonic() + _PAUSE_SECONDS >= end:
                    told = f"(tried for {total:g} seconds; connect_timeout in the address says how long)"
                    raise ConfigError(
                        f"the database of SOJOURN_DATABASE_URL cannot be reached: {reason_of(cause)} {told}"
                    ) from error
            await asyncio.sleep(_PAUSE_SECONDS)


def reason_of(error: BaseException | None) -> str:
    """The message of an error in one line; for an error without a message, the name of its type."""
    if isinstance(error, TimeoutError):
        return "it does not answer in time"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens at that host and port"
    if isinstance(error, socket.gaierror):
        return f"its host name is not known ({error.strerror or 'no such host'})"
    words = " ".join(str(error).split()) if error is not None else ""
    return words or type(error).__name__
