"""One request of a server that holds a secret key: who may call, what was asked, how it is answered."""

import re
from collections.abc import Sequence
from typing import TypeVar

import msgspec
from litestar import Response
from litestar.di import NamedDependency

from sojourn.engine import Engine
from sojourn.errors import BadSecretKey, Malformed, ReadOnlyKey, TokenRefused
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.resources import Resource
from sojourn.secret import Secret
from sojourn.tokens.bearer import bearer
from sojourn.web.backend_api.reading import Nothing, Paging, read_body, read_query
from sojourn.web.errors import UnsupportedMediaType
from sojourn.web.guard import Reading
from sojourn.web.incoming import Incoming
from sojourn.web.secret_keys import good_key
from sojourn.web.uploads import uploaded

KEY = "sojourn_call"
"""Where the request's state holds its `Call`."""

LIMIT = "backend_api"
OLDEST_API = "2021-02-05"
"""What an SDK speaks that names no version."""

METADATA_APART = "2026-05-12"
"""Since this version metadata is changed at an address of its own (wire protocol 8.1)."""

ACTOR = "backend_api"

_VERSION = re.compile(r"20\d\d-\d\d-\d\d")
_KEY_LONGEST = 256

Kind = TypeVar("Kind", bound=msgspec.Struct)


class Call:
    """`instance` is the secret key's, whatever the request says (R-AUZ-02). No dataclass, or the router would take it apart."""

    __slots__ = ("engine", "incoming", "instance", "receive")

    def __init__(self, engine: Engine, incoming: Incoming, instance: Instance, receive: Reading) -> None:
        self.engine = engine
        self.incoming = incoming
        self.instance = instance
        self.receive = receive

    @property
    def now(self) -> Instant:
        return self.engine.clock.now()

    @property
    def api_version(self) -> str:
        """The version the SDK speaks; anything that is not a date is the oldest, never an error."""
        named = self.incoming.header(b"clerk-api-version") or ""
        return named if _VERSION.fullmatch(named) else OLDEST_API

    def query(self, kind: type[Kind]) -> Kind:
        return read_query(self.incoming.scope["query_string"], kind)

    async def body(self, kind: type[Kind]) -> Kind:
        """The JSON body as `kind`. Raises: UnsupportedMediaType, BodyTooLarge, and as `read_body`."""
        text = await self._bytes()
        stated = (self.incoming.header(b"content-type") or "").partition(";")[0].strip().lower()
        if text and stated != "application/json":
            raise UnsupportedMediaType("Send a JSON body with Content-Type: application/json.")
        return read_body(text, kind)

    async def upload(self) -> bytes:
        """The file in the body. Raises: BodyTooLarge, and as `uploaded`."""
        return uploaded(self.incoming.header(b"content-type"), await self._bytes())

    async def no_body(self) -> None:
        """For operations that take none: an empty object is fine, a field is refused."""
        await self.body(Nothing)

    async def _bytes(self) -> bytes:
        parts: list[bytes] = []
        while True:
            message = await self.receive()
            if message["type"] != "http.request":
                raise Malformed("The request ended early.")
            parts.append(message["body"])
            if not message["more_body"]:
                return b"".join(parts)


CurrentCall = NamedDependency[Call]
"""The call being handled, as a handler asks for it."""


def json(content: object, status: int = 200) -> Response[bytes]:
    return Response(msgspec.json.encode(content), status_code=status, media_type="application/json")


def listing(shown: Sequence[Resource], total: int, paging: Paging) -> Response[bytes]:
    """A bare array, or `{data, total_count}` for callers that ask (wire protocol 8.1)."""
    return json({"data": shown, "total_count": total} if paging.paginated else shown)


async def admit(engine: Engine, incoming: Incoming, receive: Reading) -> Call:
    """The call of a server whose secret key is good, within what one key may ask (R-AUZ-01, R-AUZ-08, R-LIM-01).

    Raises: BadSecretKey, also for a good key that comes out of a browser; ReadOnlyKey, TooManyRequests.
    """
    if incoming.header(b"origin") is not None or incoming.header(b"sec-fetch-site") is not None:
        raise BadSecretKey("A secret key belongs on a server; requests of browsers are refused. Replace the key.")
    secret = _secret_key(incoming)
    instance, key = await good_key(engine, incoming, secret)
    engine.key_use.note(key, engine.clock.now())
    if not key.scope.allows(incoming.method):
        raise ReadOnlyKey()
    await engine.limiter.hit(LIMIT, secret.stored_form().hex(), instance)
    return Call(engine, incoming, instance, receive)


def _secret_key(incoming: Incoming) -> Secret:
    value = incoming.header(b"authorization")
    # the common spelling first: this is on the path of every call
    if value is not None and value[:10] == "Bearer sk_" and b"authorization" not in incoming.repeated:
        text = value[7:]
    else:
        try:
            text = bearer(incoming.headers_of(b"authorization")) or ""
        except TokenRefused as error:
            raise BadSecretKey() from error
    if not text.startswith("sk_") or len(text) > _KEY_LONGEST:
        raise BadSecretKey()
    return Secret(text)
