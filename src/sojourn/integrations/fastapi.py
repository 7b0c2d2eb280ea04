"""For FastAPI: `session: CurrentSession` and `user: CurrentUser` in a route's signature, `requires(…)` beside it.

Each of them fills in the OpenAPI security scheme, so that "Authorize" works on the documentation pages.
"""

import json
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, HTTPException
from fastapi.openapi.models import HTTPBearer
from fastapi.requests import HTTPConnection
from fastapi.security.base import SecurityBase
from starlette.exceptions import WebSocketException

from sojourn.backend.user import User
from sojourn.errors import NotFound, ServerUnreachable
from sojourn.integrations.asgi import visit
from sojourn.integrations.refusals import Refusal
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.sockets import UNAUTHORIZED
from sojourn.integrations.visit import ANYBODY
from sojourn.tokens.claims import Claims


class _Session(SecurityBase):
    """The session that the middleware found, if it is enough: the guard repeated in the handler (R-WEB-08)."""

    def __init__(self, requirement: Requirement) -> None:
        self.model = HTTPBearer(bearerFormat="JWT", description="A session token, as `getToken()` of the browser gives it.")
        self.scheme_name = "Sojourn session"
        self._requirement = requirement

    def __call__(self, connection: HTTPConnection) -> Claims:
        seen = visit(connection.scope)
        refused = seen.refusal(self._requirement)
        if refused is not None:
            raise _raised(refused, connection)
        assert seen.session is not None
        return seen.session


def requires(
    *, role: str = "", permission: str = "", organization: bool = False, max_age: timedelta | None = None
) -> Any:
    """For `dependencies=[requires(role="org:admin")]`, or `Annotated[Claims, requires(max_age=…)]`.

    Strangers are sent to sign in or get 401, others who lack something get 403.
    """
    return Depends(_Session(Requirement(role=role, permission=permission, organization=organization, max_age=max_age)))


current_session = _Session(ANYBODY)
CurrentSession = Annotated[Claims, Depends(current_session)]
"""Who is there. Strangers do not get as far as the route."""


def optional_session(connection: HTTPConnection) -> Claims | None:
    return visit(connection.scope).session


OptionalSession = Annotated[Claims | None, Depends(optional_session)]
"""Who is there, None for strangers on public pages."""


async def current_user(connection: HTTPConnection, session: CurrentSession) -> User:
    """Asked of the server for every request that wants it. 401 for a user who has been deleted, 503 while it cannot be asked."""
    try:
        user = await visit(connection.scope).user()
    except ServerUnreachable as error:
        raise HTTPException(503, error.long_message, headers={"Retry-After": "5"}) from error
    except NotFound as error:
        raise HTTPException(401, "The user of this session is gone.", headers={"WWW-Authenticate": "Bearer"}) from error
    assert user is not None, session
    return user


CurrentUser = Annotated[User, Depends(current_user)]


def _raised(refused: Refusal, connection: HTTPConnection) -> Exception:
    if connection.scope["type"] == "websocket":
        return WebSocketException(UNAUTHORIZED)
    headers = {name.decode(): value.decode("latin-1") for name, value in refused.headers}
    is_json = headers.pop("content-type", "") == "application/json"
    headers.pop("content-length", None)
    return HTTPException(refused.status, json.loads(refused.body) if is_json else _text(refused), headers=headers)


def _text(refused: Refusal) -> str:
    return "Sign in first" if refused.location else "Not allowed"
