"""The declaration of an operation, placed at its handler: who may call it, its rate limit and its input (R-WEB-08).
`routing.py` fails at start for a route without a declaration. The guard, the request context and the OpenAPI documents
all read it, so they cannot differ.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum

import msgspec

from sojourn.console.roles import Permission

MAX_BODY = 64 * 1024
MAX_IMAGE = 5 * 1024 * 1024
IMAGE_TOO_LARGE = "A picture may have at most 5 MB. Choose a smaller one."
IMAGE_FIELD = "file"
SECRET_KEY_LIMIT = "backend_api"
"""The rate limit of each secret key, also applied to unknown paths and methods."""
ADMIN_LIMIT = "admin_api"
"""The rate limit of each administrator and secret key in the admin API."""

_KEY = "operation"

Fast = Callable[..., Awaitable[bytes]]
"""A handler that answers 200 with JSON and skips the router: takes the context and the parameters of the path."""


class Api(Enum):
    """The API a route belongs to, and so how its caller is authenticated."""

    FRONTEND = "frontend"
    """Browsers and native apps, authenticated by Host, origin of writes and client cookie."""
    BACKEND = "backend"
    """Servers, authenticated and rate-limited by secret key."""
    ADMIN = "admin"
    """The dashboard and scripts of administrators, authenticated by a token of the console or a secret key."""
    PUBLIC = "public"
    """No authentication, and pages of any origin may read the response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """`limit` names an entry of `limits/rate_limit.py`, counted for each client address, in the Backend API for each key; None is no limit.

    `max_body` is in bytes, and `too_large` is the error text for more. `query`, `form` and `json` are the types that
    the handler reads, `upload` is the field of a file. `any_host` accepts probes that use only the IP address.
    `development_help` marks pages with codes or accounts, for the local developer only (R-DEV-02).
    `permission` (None: every administrator), `fresh` and `gives`, the type of the answer, belong to the admin API (R-ADM-01).
    """

    api: Api
    limit: str | None
    max_body: int = MAX_BODY
    too_large: str | None = None
    query: type[msgspec.Struct] | None = None
    form: type[msgspec.Struct] | None = None
    json: type[msgspec.Struct] | None = None
    upload: str | None = None
    fast: Fast | None = None
    any_host: bool = False
    development_help: bool = False
    permission: Permission | None = None
    fresh: bool = False
    gives: type[msgspec.Struct] | None = None


def frontend(
    *, limit: str | None, form: type[msgspec.Struct] | None = None, fast: Fast | None = None
) -> dict[str, object]:
    """The `opt` of a handler of the Frontend API or of a hosted page."""
    return {_KEY: Operation(api=Api.FRONTEND, limit=limit, form=form, fast=fast)}


def frontend_image(*, limit: str | None) -> dict[str, object]:
    """The `opt` of a handler of the Frontend API that takes a picture."""
    return {_KEY: _with_image(Api.FRONTEND, limit)}


def development_help(*, limit: str | None = None, form: type[msgspec.Struct] | None = None) -> dict[str, object]:
    """The `opt` of a page that only the developer on this machine may see."""
    return {_KEY: Operation(api=Api.FRONTEND, limit=limit, form=form, development_help=True)}


def backend(
    *,
    query: type[msgspec.Struct] | None = None,
    json: type[msgspec.Struct] | None = None,
    fast: Fast | None = None,
) -> dict[str, object]:
    """The `opt` of a handler of the Backend API; every call counts against its secret key."""
    return {_KEY: Operation(api=Api.BACKEND, limit=SECRET_KEY_LIMIT, query=query, json=json, fast=fast)}


def backend_image() -> dict[str, object]:
    """The `opt` of a handler of the Backend API that takes a picture."""
    return {_KEY: _with_image(Api.BACKEND, SECRET_KEY_LIMIT)}


def admin(
    permission: Permission | None,
    *,
    gives: type[msgspec.Struct] | None,
    query: type[msgspec.Struct] | None = None,
    json: type[msgspec.Struct] | None = None,
    fresh: bool = False,
    max_body: int = MAX_BODY,
) -> dict[str, object]:
    """The `opt` of a handler of the admin API; None as permission is for every administrator, `fresh` needs a factor at most 10 minutes old."""
    operation = Operation(
        api=Api.ADMIN, limit=ADMIN_LIMIT, permission=permission, fresh=fresh, query=query, json=json, gives=gives,
        max_body=max_body,
    )  # fmt: skip
    return {_KEY: operation}


def public(*, limit: str | None = None, any_host: bool = False) -> dict[str, object]:
    """The `opt` of a handler without authentication."""
    return {_KEY: Operation(api=Api.PUBLIC, limit=limit, any_host=any_host)}


def declared(opt: dict[str, object]) -> Operation | None:
    """The operation that a handler's `opt` declares."""
    found = opt.get(_KEY)
    return found if isinstance(found, Operation) else None


def _with_image(api: Api, limit: str | None) -> Operation:
    return Operation(api=api, limit=limit, max_body=MAX_IMAGE, too_large=IMAGE_TOO_LARGE, upload=IMAGE_FIELD)
