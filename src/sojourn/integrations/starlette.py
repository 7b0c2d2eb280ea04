"""For Starlette: `session_of(request)`, `user_of(request)` and the decorator `session_required`."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from inspect import isawaitable
from typing import Any, cast

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from sojourn.backend.user import User
from sojourn.integrations.asgi import visit
from sojourn.integrations.refusals import Refusal
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.sockets import UNAUTHORIZED
from sojourn.tokens.claims import Claims


def session_of(connection: HTTPConnection) -> Claims | None:
    """Who is there; None for strangers on public pages."""
    return visit(connection.scope).session


async def user_of(connection: HTTPConnection) -> User | None:
    """The signed-in user as the server knows them. Raises: NotFound, BadSecretKey, ServerUnreachable."""
    return await visit(connection.scope).user()


def session_required(
    *, role: str = "", permission: str = "", organization: bool = False, max_age: timedelta | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guards an endpoint, a method of one, or a websocket: strangers are sent to sign in or get 401, others who lack
    something get 403; a websocket is closed with 4401.
    """
    requirement = Requirement(role=role, permission=permission, organization=organization, max_age=max_age)

    def guarding(endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        async def guarded(*args: Any, **kwargs: Any) -> Any:
            connection = _connection(*args, *kwargs.values())
            refused = visit(connection.scope).refusal(requirement)
            if refused is None:
                answer = endpoint(*args, **kwargs)
                return await answer if isawaitable(answer) else answer
            if isinstance(connection, WebSocket):
                await connection.close(UNAUTHORIZED)
                return None
            assert isinstance(connection, Request)
            return answered(refused)

        return guarded

    return guarding


def _connection(*given: Any) -> "HTTPConnection[Any]":
    """The request or websocket among an endpoint's arguments, after `self` in a method."""
    for each in given:
        if isinstance(each, HTTPConnection):
            return cast("HTTPConnection[Any]", each)
    raise TypeError("session_required guards endpoints that take a request or a websocket")


def answered(refused: Refusal) -> Response:
    """A refusal as Starlette answers it."""
    response = Response(refused.body, refused.status)
    response.raw_headers = list(refused.headers)
    return response
