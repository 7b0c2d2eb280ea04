"""The context of a Backend API request, authenticated by a secret key."""

from collections.abc import Sequence

from litestar import Response
from litestar.di import NamedDependency

from sojourn.engine import Engine
from sojourn.errors import BadSecretKey, ReadOnlyKey
from sojourn.instances.instance import Instance
from sojourn.resources import Resource
from sojourn.store.interface import RecordKind, SecretKey
from sojourn.web.http_request import HttpRequest
from sojourn.web.operation import SECRET_KEY_LIMIT, Api, Operation
from sojourn.web.parsing.field_types import Paging
from sojourn.web.request_context import RequestContext
from sojourn.web.secret_keys import good_key, presented_key

METADATA_APART = "2026-05-12"
"""Since this API version metadata is changed at its own path (wire protocol 8.1)."""

ACTOR = "backend_api"

UNKNOWN_OPERATION = Operation(api=Api.BACKEND, limit=SECRET_KEY_LIMIT)
"""The operation of unknown paths and methods, so that they are counted before they are denied."""


class KeyContext(RequestContext):
    """A server's request. `instance` is always the secret key's, never taken from the request (R-AUZ-02)."""

    __slots__ = ("key",)

    def __init__(
        self, engine: Engine, request: HttpRequest, instance: Instance, operation: Operation, key: SecretKey
    ) -> None:
        super().__init__(engine, request, instance, operation)
        self.key = key

    @property
    def stated_version(self) -> str | None:
        return self.request.header(b"clerk-api-version")

    async def total(self, kind: RecordKind, paging: Paging) -> int:
        """The number of entries of the kind, counted only if the query requests it."""
        return await self.engine.records.count(self.instance, kind) if paging.paginated else 0

    def listing(self, shown: Sequence[Resource], total: int, paging: Paging) -> Response[bytes]:
        """A bare array, or `{data, total_count}` if the query requests it (wire protocol 8.1)."""
        return self.json({"data": shown, "total_count": total} if paging.paginated else shown)


Context = NamedDependency[KeyContext]
"""The injected context of the current request."""


async def admit(engine: Engine, request: HttpRequest, operation: Operation) -> KeyContext:
    """Check the secret key and its rate limit, and return the context (R-AUZ-01, R-AUZ-08, R-LIM-01). Raises:
    BadSecretKey, also for a valid key sent by a browser; ReadOnlyKey, TooManyRequests.
    """
    if request.header(b"origin") is not None or request.header(b"sec-fetch-site") is not None:
        raise BadSecretKey("A secret key belongs on a server; requests of browsers are refused. Replace the key.")
    secret = presented_key(request)
    if secret is None:
        raise BadSecretKey()
    instance, key = await good_key(engine, request, secret)
    engine.key_use.note(key, engine.clock.now())
    if not key.scope.allows(request.method):
        raise ReadOnlyKey()
    if operation.limit is not None:
        await engine.limiter.hit(operation.limit, secret.stored_form().hex(), instance)
    return KeyContext(engine, request, instance, operation, key)
