"""Access of a route: who may call it, what it counts against and how much it takes; declared with its handler (R-WEB-08).

`routing.py` refuses to build with a route that declares none.
"""

from dataclasses import dataclass
from enum import Enum

BODY_MOST = 64 * 1024
IMAGE_MOST = 5 * 1024 * 1024

_KEY = "access"


class Api(Enum):
    """Whose call a route takes, and so how the caller is authenticated."""

    FRONTEND = "frontend"
    """Browsers and native apps: the Host, the origin of writes, the client cookie."""
    BACKEND = "backend"
    """Servers: a secret key, counted for each key."""
    PUBLIC = "public"
    """Anybody, and pages of any origin may read the answer."""


@dataclass(frozen=True, slots=True)
class Access:
    """`limit` names an entry of `limits/rate_limit.py`, counted for each client address; None is no limit.

    `body_most` is in bytes. `hashes` marks operations that compute a password hash. `any_host` answers probes that know
    the server by its address only. `development_help` gives away codes or accounts, to the developer alone (R-DEV-02).
    """

    api: Api
    limit: str | None = None
    body_most: int = BODY_MOST
    hashes: bool = False
    any_host: bool = False
    development_help: bool = False


def frontend(*, limit: str | None, body_most: int = BODY_MOST, hashes: bool = False) -> dict[str, object]:
    """The `opt` of a handler of the Frontend API or of a hosted page."""
    return {_KEY: Access(Api.FRONTEND, limit, body_most, hashes)}


def development_help() -> dict[str, object]:
    """The `opt` of a page that only the developer at this machine may see."""
    return {_KEY: Access(Api.FRONTEND, None, development_help=True)}


def backend(*, body_most: int = BODY_MOST, hashes: bool = False) -> dict[str, object]:
    """The `opt` of a handler of the Backend API; every call counts against its secret key."""
    return {_KEY: Access(Api.BACKEND, None, body_most, hashes)}


def public(*, limit: str | None = None, any_host: bool = False) -> dict[str, object]:
    """The `opt` of a handler that asks nobody who they are."""
    return {_KEY: Access(Api.PUBLIC, limit, any_host=any_host)}


def declared(opt: dict[str, object]) -> Access | None:
    """The access that a handler's `opt` declares."""
    found = opt.get(_KEY)
    return found if isinstance(found, Access) else None
