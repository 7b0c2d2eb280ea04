"""For FastAPI: `session: CurrentSession` and `user: CurrentUser` in a route's signature, `requires(…)` beside it.

Each of them fills in the OpenAPI security scheme, so that "Authorize" works on the documentation pages.
"""

import json
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Depends, HTTPException
from fastapi.openapi.models import HTTPBearer
from fastapi.requests import HTTPConnection, Request
from fastapi.responses import Response
from fastapi.security.base import SecurityBase
from starlette.exceptions import WebSocketException

from sojourn.backend.user import User
from sojourn.integrations.asgi import read, visit
from sojourn.integrations.auth_context import ANYBODY
from sojourn.integrations.denials import Denial, Denied
from sojourn.integrations.failures import FAILURES, failed
from sojourn.integrations.requirement import UNASKED, Requirement, Unasked
from sojourn.integrations.starlette import answered
from sojourn.integrations.websockets import TRY_AGAIN_LATER, UNAUTHORIZED
from sojourn.tokens.claims import Claims

__all__ = ["CurrentSession", "CurrentUser", "OptionalSession", "requires"]


class _Session(SecurityBase):
    """The session that the middleware found, if it meets the requirement: the guard, repeated at the handler
    (R-WEB-08).
    """

    def __init__(self, requirement: Requirement) -> None:
        self.model = HTTPBearer(
            bearerFormat="JWT", description="A session token, as `getToken()` of the browser gives it."
        )
        self.scheme_name = "SojournSession"
        self._requirement = requirement

    def __call__(self, connection: HTTPConnection) -> Claims:
        seen = visit(connection.scope)
        refused = seen.refusal(self._requirement)
        if refused is not None:
            raise _raised(refused, connection)
        assert seen.session is not None
        return seen.session


def requires(
    *, role: str | Unasked = UNASKED, permission: str | Unasked = UNASKED, organization: bool = False,
    max_age: timedelta | Unasked = UNASKED,
) -> Any:  # fmt: skip
    """For `dependencies=[requires(role="org:admin")]`, or `Annotated[Claims, requires(max_age=…)]`.

    Unauthenticated requests are redirected to sign in or get 401; unmet requirements get 403.
    """
    return Depends(_Session(Requirement(role=role, permission=permission, organization=organization, max_age=max_age)))


current_session = _Session(ANYBODY)
CurrentSession = Annotated[Claims, Depends(current_session)]
"""The session of the request. Signed-out requests are denied before the route runs."""


def optional_session(connection: HTTPConnection) -> Claims | None:
    return visit(connection.scope).session


OptionalSession = Annotated[Claims | None, Depends(optional_session)]
"""The session of the request, None for signed-out visitors of public pages."""


async def current_user(connection: HTTPConnection, session: CurrentSession) -> User:
    """The signed-in user, loaded from the server on each request that declares it.

    401 for a deleted user, 503 while the server is unreachable.
    """
    try:
        user = await visit(connection.scope).user()
    except FAILURES as error:
        raise _raised(failed(error, read(connection.scope)), connection) from error
    except Denied as refused:
        raise _raised(refused.refusal, connection) from refused
    assert user is not None, session
    return user


CurrentUser = Annotated[User, Depends(current_user)]


class _RefusedHere(HTTPException):
    """A denial as in every adapter, as an HTTPException, so that the app's own error handlers apply."""

    def __init__(self, refused: Denial) -> None:
        headers = {name.decode(): value.decode("latin-1") for name, value in refused.headers}
        is_json = headers.pop("content-type", "") == "application/json"
        headers.pop("content-length", None)
        super().__init__(refused.status, json.loads(refused.body) if is_json else None, headers)
        self.refusal = refused


def _raised(refused: Denial, connection: HTTPConnection) -> Exception:
    if connection.scope["type"] == "websocket":
        return WebSocketException(TRY_AGAIN_LATER if refused.status >= 500 else UNAUTHORIZED)
    # exceptions in a mounted app do not reach the middleware, so the handler is added to each app's own table
    for handlers in connection.scope.get("starlette.exception_handlers", ())[:1]:
        handlers.setdefault(_RefusedHere, _answered)
    return _RefusedHere(refused)


def _answered(_: Request, refused: _RefusedHere) -> Response:
    return answered(refused.refusal)
