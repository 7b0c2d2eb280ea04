"""The context of a request, shared by all APIs: input, instance and response. Subclasses add the caller: a browser or
native app with a client (`frontend_api/context.py`), or a server with a secret key (`backend_api/context.py`).
"""

import re
from typing import TypeVar

import msgspec
from litestar import Response

from sojourn.engine import Engine
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.web.headers import Headers
from sojourn.web.http_request import HttpRequest
from sojourn.web.operation import Operation
from sojourn.web.parsing.forms import form_of
from sojourn.web.parsing.json_bodies import NoFields, json_of
from sojourn.web.parsing.queries import query_of
from sojourn.web.parsing.uploads import upload_of

CONTEXT = "sojourn_context"
"""The key of the context in the state of a request."""

OLDEST_API = "2021-02-05"
"""The version for SDKs that send none."""

_VERSION = re.compile(r"20\d\d-\d\d-\d\d")

Kind = TypeVar("Kind", bound=msgspec.Struct)


class RequestContext:
    """One request. `cookies` and `headers` are added to the response, even to an error. A handler may only read what
    its operation declares; anything else raises TypeError, so declaration, document and handler cannot differ. Not a
    dataclass, because the framework would parse it as data.
    """

    __slots__ = ("cookies", "engine", "headers", "instance", "operation", "request")

    def __init__(self, engine: Engine, request: HttpRequest, instance: Instance, operation: Operation) -> None:
        self.engine = engine
        self.request = request
        self.instance = instance
        self.operation = operation
        self.cookies: list[str] = []
        self.headers: Headers = []

    @property
    def now(self) -> Instant:
        return self.engine.clock.now()

    @property
    def stated_version(self) -> str | None:
        """The version that the SDK sent."""
        raise NotImplementedError

    @property
    def api_version(self) -> str:
        """The API version of the SDK; text that is not a date counts as the oldest version, never as an error."""
        named = self.stated_version or ""
        return named if _VERSION.fullmatch(named) else OLDEST_API

    def query(self, kind: type[Kind]) -> Kind:
        """The query as `kind`. Raises: as `query_of`."""
        self._check_declared("query", kind, self.operation.query)
        return query_of(self.request, kind)

    async def form(self, kind: type[Kind], *, keep_blank: bool = False) -> Kind:
        """The form body as `kind`. Raises: BodyTooLarge, and as `form_of`."""
        self._check_declared("form", kind, self.operation.form)
        return form_of(self.request, await self.request.body(), kind, keep_blank=keep_blank)

    async def json_body(self, kind: type[Kind]) -> Kind:
        """The JSON body as `kind`. Raises: BodyTooLarge, and as `json_of`."""
        self._check_declared("JSON body", kind, self.operation.json)
        return json_of(self.request, await self.request.body(), kind)

    async def no_body(self) -> None:
        """For operations without input: an empty object is accepted, a field is rejected. Raises: as `json_of`."""
        json_of(self.request, await self.request.body(), NoFields)

    async def upload(self) -> bytes:
        """The file in the body. Raises: BodyTooLarge, and as `upload_of`."""
        if self.operation.upload is None:
            raise TypeError("this operation declares no upload: see web/operation.py")
        return upload_of(self.request, await self.request.body(), self.operation.upload)

    def json(self, content: object, status: int = 200) -> Response[bytes]:
        return Response(msgspec.json.encode(content), status_code=status, media_type="application/json")

    def _check_declared(self, what: str, kind: type, declared: type | None) -> None:
        if kind is not declared:
            raise TypeError(f"this operation declares no {what} of {kind.__name__}: see web/operation.py")
