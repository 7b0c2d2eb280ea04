"""The client of a remote Sojourn server: its URL and two keys."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote
from weakref import WeakKeyDictionary

import msgspec

from sojourn.backend.transport import KEPT_CONNECTION_SECONDS
from sojourn.backend.user import User
from sojourn.errors import (
    BadSecretKey,
    FieldTooLong,
    Json,
    NotFound,
    Overloaded,
    ReadOnlyKey,
    ServerUnreachable,
    SessionEnded,
    SojournError,
)
from sojourn.instant import SystemClock
from sojourn.integrations.app_keys import REFUSED, check_keys
from sojourn.integrations.authenticator import Authenticator
from sojourn.integrations.authorized_parties import RemoteParties, asks_cors, named_parties
from sojourn.integrations.public_url import OuterAddress
from sojourn.integrations.sojourn_client import Data, SojournClient
from sojourn.secret import Secret
from sojourn.tokens.handshake import Handshake, read_handshake
from sojourn.tokens.remote_keys import RemoteKeys
from sojourn.tokens.session_token import Verifier
from sojourn.tokens.token_recall import recalling

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

_DEADLINE = 5.0
_MAX_PAUSE = 60
_MAX_DATA = 32 * 1024
_log = logging.getLogger("sojourn.integrations")


class Remote(SojournClient):
    """Verifies tokens without a network request; the key set is fetched once and rarely renewed."""

    def __init__(
        self,
        url: str,
        publishable_key: str,
        secret_key: str = "",
        *,
        public_url: str = "",
        authorized_parties: Collection[str] = (),
    ) -> None:
        """`url` is the URL at which this app reaches the server, `public_url` the one that browsers use and tokens name
        as issuer. With a secret key the server is asked once if both keys are its own and, if not given, for its
        `public_url`. Until it responds, and without a secret key, the host in the publishable key is used.
        `authorized_parties` are the only origins whose tokens are accepted. Raises: ConfigError.
        """
        check_keys(publishable_key, secret_key)
        super().__init__(SystemClock())
        self.url = url.rstrip("/")
        self._publishable_key = publishable_key
        self._secret_key = Secret(secret_key)
        self._named_parties = named_parties(authorized_parties)
        self._asked = HttpServer(self.url, self._secret_key)
        self._keys = RemoteKeys.at(f"{self.url}/.well-known/jwks.json")
        self._outer = OuterAddress(self.url, publishable_key, self._secret_key, public_url, self.clock)
        self._settle()

    def _settle(self) -> None:
        """Create everything that depends on the URL for browsers."""
        self.public_url = public_url = self._outer.known
        self._parties = RemoteParties(
            public_url, asks_cors(self.url), self.clock, is_development=self._publishable_key.startswith("pk_test_")
        )
        verifier = Verifier(
            self._keys.find, issuer=public_url, clock=self.clock,
            authorized_parties=self._named_parties, is_party=self._parties.is_party,
        )  # fmt: skip
        self._keys.on_change(verifier.clear_cache)
        self.recall, self.recall_header = recalling(verifier, self._keys)
        asks = bool(self._secret_key.reveal())
        self._gate = Authenticator(
            self._publishable_key, public_url, verifier.verify, self._read_handshake, self._renew, self._renew_now,
            self.handshake if asks else None, self.handshake_now if asks else None, self.clock,
            trouble=self._outer.trouble,
        )  # fmt: skip

    @property
    def gate(self) -> Authenticator | None:
        return self._gate if self._keys.is_fresh and not self._outer.is_to_be_asked else None

    @property
    def known_gate(self) -> Authenticator | None:
        return self._gate

    async def ready(self) -> Authenticator:
        if not self._keys.is_fresh:
            await self._keys.refresh_async()
        if self._outer.is_to_be_asked and await asyncio.to_thread(self._outer.ask):
            self._settle()
        return self._gate

    def ready_now(self) -> Authenticator:
        if not self._keys.is_fresh:
            self._keys.refresh()
        if self._outer.is_to_be_asked and self._outer.ask():
            self._settle()
        return self._gate

    def begin_anew(self) -> None:
        super().begin_anew()
        self._parties.begin_anew()
        self._outer.begin_anew()

    async def close(self) -> None:
        await self._asked.close()

    async def _server(self) -> "HttpServer":
        return self._asked

    async def _renew(self) -> None:
        if self._parties.has_questions:
            await asyncio.to_thread(self._parties.ask)
        else:
            await self._keys.refresh_async()

    def _renew_now(self) -> None:
        if self._parties.has_questions:
            self._parties.ask()
        else:
            self._keys.refresh()

    def _read_handshake(self, token: str) -> Handshake:
        return read_handshake(token, self._keys.find, self.clock.now())


class _Refusal(msgspec.Struct):
    code: str = ""
    long_message: str = ""


class _Envelope(msgspec.Struct):
    errors: list[_Refusal]


class _Session(msgspec.Struct):
    status: str


class _Payload(msgspec.Struct):
    directives: list[str]


class _Kept(msgspec.Struct):
    data: dict[str, Any] | None = None


class HttpServer:
    """Sends requests to the Backend API, with a connection pool per event loop."""

    def __init__(self, url: str, secret_key: Secret) -> None:
        self._url = url
        self._secret_key = secret_key
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()

    async def user(self, user_id: str) -> User:
        return await self._call("GET", f"/v1/users/{quote(user_id, safe='')}", User)

    async def is_live(self, session_id: str) -> bool:
        try:
            shown = await self._call("GET", f"/v1/sessions/{quote(session_id, safe='')}", _Session)
        except NotFound:
            return False
        return shown.status in ("active", "pending")

    async def end_session(self, session_id: str) -> None:
        with suppress(NotFound):
            await self._call("POST", f"/v1/sessions/{quote(session_id, safe='')}/revoke", _Session)

    async def handshake(self, nonce: str) -> list[str]:
        return (
            await self._call("GET", f"/v1/clients/handshake_payload?nonce={quote(nonce, safe='')}", _Payload)
        ).directives

    async def read_data(self, key: str) -> Data | None:
        return (await self._call("GET", _data_of(key), _Kept)).data

    async def write_data(self, key: str, data: Mapping[str, Json]) -> None:
        await self._call("PUT", _data_of(key), _Kept, {"data": dict(data)})

    async def adopt_data(self, anonymous: str, session_id: str) -> Data:
        return (await self._call("POST", f"{_data_of(session_id)}/adopt", _Kept, {"anonymous": anonymous})).data or {}

    async def close(self) -> None:
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

    async def _call(self, method: str, path: str, kind: type[T], body: Mapping[str, Json] | None = None) -> T:
        """Raises: NotFound, SessionEnded, FieldTooLong, BadSecretKey, Overloaded, ServerUnreachable."""
        import httpx  # an app that only verifies tokens never needs it

        if not self._secret_key.reveal():
            raise BadSecretKey("This asks the server, which needs the secret key: `sojourn env` prints it.")
        try:
            answer = await self._client().request(method, self._url + path, json=body)
            if answer.is_success:
                return msgspec.json.decode(answer.content, type=kind)
        except (
            httpx.HTTPError,
            httpx.InvalidURL,
            msgspec.MsgspecError,
        ) as error:  # the last one: a response of another server
            raise ServerUnreachable() from error
        raise _refused(answer)

    def _client(self) -> "httpx.AsyncClient":
        import httpx

        loop = asyncio.get_running_loop()
        known = self._clients.get(loop)
        if known is None:
            bearer = {"Authorization": f"Bearer {self._secret_key.reveal()}"}
            limits = httpx.Limits(keepalive_expiry=KEPT_CONNECTION_SECONDS)
            known = self._clients[loop] = httpx.AsyncClient(timeout=_DEADLINE, headers=bearer, limits=limits)
        return known


def _data_of(key: str) -> str:
    return f"/v1/sojourn/app_data/{quote(key, safe='')}"


def _refused(answer: "httpx.Response") -> SojournError:
    """Convert the server's error response to the error that the engine raises. A response that is not about the
    requested object, or that a proxy sent, becomes ServerUnreachable; its text is logged.
    """
    try:
        first = msgspec.json.decode(answer.content, type=_Envelope).errors[0]
    except (msgspec.MsgspecError, IndexError):
        first = _Refusal()
    advice = first.long_message or None
    match answer.status_code, first.code:
        case _, SessionEnded.code:
            return SessionEnded(advice)
        case _, FieldTooLong.code:
            return FieldTooLong("data", _MAX_DATA)
        case 401, _:
            return BadSecretKey(f"{REFUSED[0].upper()}{REFUSED[1:]}.")
        case 403, ReadOnlyKey.code:
            return ReadOnlyKey(advice)
        case 404, NotFound.code:
            return NotFound(advice)
        case 429 | 503, _:
            return Overloaded(_retry_after(answer))
        case status, code:
            _log.error("server.refused status=%d code=%s: %s", status, code, first.long_message)
            return ServerUnreachable()


def _retry_after(answer: "httpx.Response") -> timedelta:
    stated = answer.headers.get("retry-after", "")
    return timedelta(seconds=min(int(stated), _MAX_PAUSE) if stated.isdecimal() else 1)
