"""For Starlette: `session_of(request)`, `user_of(request)` and the decorator `session_required`."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.websockets import WebSocket

from sojourn.backend.user import User
from sojourn.integrations.asgi import visit
from sojourn.integrations.decorators import SessionRequired
from sojourn.integrations.denials import Denial
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.websockets import UNAUTHORIZED
from sojourn.tokens.claims import Claims

__all__ = ["session_of", "session_required", "user_of"]


def session_of(connection: HTTPConnection) -> Claims | None:
    """The session of the request; None for signed-out visitors of public pages."""
    return visit(connection.scope).session


async def user_of(connection: HTTPConnection) -> User | None:
    """The signed-in user, loaded from the server; a deleted user gets 401. Raises: BadSecretKey, ServerUnreachable."""
    return await visit(connection.scope).user()


def _guarded(endpoint: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    @wraps(endpoint)
    async def guarded(*args: Any, **kwargs: Any) -> Any:
        connection = _connection(*args, *kwargs.values())
        refused = visit(connection.scope).refusal(requirement)
        if refused is None:
            if iscoroutinefunction(endpoint):
                return await endpoint(*args, **kwargs)
            return await run_in_threadpool(endpoint, *args, **kwargs)  # as Starlette does
        if isinstance(connection, WebSocket):
            await connection.close(UNAUTHORIZED)
            return None
        assert isinstance(connection, Request)
        return answered(refused)

    return guarded


session_required = SessionRequired(_guarded)
"""Guards an endpoint function, an endpoint class's method, or a websocket endpoint."""


def _connection(*given: Any) -> "HTTPConnection[Any]":
    """The request or websocket among an endpoint's arguments, after `self` in a method."""
    for argument in given:
        if isinstance(argument, HTTPConnection):
            return cast("HTTPConnection[Any]", argument)
    raise TypeError("session_required guards endpoints that take a request or a websocket")


def answered(refused: Denial) -> Response:
    """Convert a denial to a Starlette response."""
    response = Response(refused.body, refused.status)
    response.raw_headers = list(refused.headers)
    return response
