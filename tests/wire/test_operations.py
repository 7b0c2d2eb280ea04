"""Every route declares its operation: who may call, the limit it counts against, the size and form of what it takes."""

from collections.abc import Iterator

import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from sojourn.engine import Engine
from sojourn.limits.rate_limit import LIMITS
from sojourn.ui.routes import PAGES
from sojourn.web.app import litestar_app
from sojourn.web.backend_api.sessions import SessionProof
from sojourn.web.backend_api.users import Several
from sojourn.web.http_request import HttpRequest
from sojourn.web.operation import IMAGE_FIELD, MAX_BODY, MAX_IMAGE, SECRET_KEY_LIMIT, Api, Operation, declared
from sojourn.web.request_context import RequestContext

from .test_guard import incoming


def operations() -> Iterator[tuple[HTTPRoute, HTTPRouteHandler, Operation]]:
    for route in litestar_app(tuple(PAGES)).routes:
        assert isinstance(route, HTTPRoute)
        for handler in route.route_handlers:
            if handler.http_methods != {"OPTIONS"}:
                operation = declared(handler.opt)
                assert operation is not None, route.path
                yield route, handler, operation


def test_every_route_declares_size_limit_and_form() -> None:  # R-LIM-01, R-LIM-07, R-WEB-08
    for route, handler, operation in operations():
        said = f"{handler.http_methods} {route.path}"
        assert handler.opt.keys() == {"operation"}, said
        assert operation.limit is None or operation.limit in LIMITS, said
        assert (operation.limit == SECRET_KEY_LIMIT) == (operation.api is Api.BACKEND), said
        taken = [each for each in (operation.form, operation.json, operation.upload) if each is not None]
        assert len(taken) <= 1, said
        assert not taken or "GET" not in handler.http_methods, said
        assert operation.form is None or operation.api is Api.FRONTEND, said
        assert operation.json is None or operation.api is Api.BACKEND, said
        assert operation.max_body == (MAX_IMAGE if operation.upload else MAX_BODY), said
        assert operation.upload in (None, IMAGE_FIELD), said


def test_a_handler_takes_the_context_and_its_path_and_reads_nothing_by_the_router() -> None:  # R-WEB-08
    for route, handler, _ in operations():
        asked = set(handler.parsed_fn_signature.parameters)
        assert asked <= {"context", *route.path_parameters}, route.path


@pytest.fixture
def undeclared(engine: Engine) -> RequestContext:
    """A request of an operation that declares nothing to read."""
    return RequestContext(engine, incoming(), engine.instance, Operation(api=Api.BACKEND, limit=None))


async def test_a_handler_cannot_read_what_its_operation_does_not_declare(undeclared: RequestContext) -> None:
    with pytest.raises(TypeError, match="declares no JSON body of SessionProof"):
        await undeclared.json_body(SessionProof)
    with pytest.raises(TypeError, match="declares no form of Several"):
        await undeclared.form(Several)
    with pytest.raises(TypeError, match="declares no query of Several"):
        undeclared.query(Several)
    with pytest.raises(TypeError, match="declares no upload"):
        await undeclared.upload()


async def test_a_message_may_leave_out_what_is_empty_or_false() -> None:  # ASGI: body and more_body are optional
    messages = [{"type": "http.request", "more_body": True}, {"type": "http.request", "body": b"a=1"}]

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    request = HttpRequest(incoming().scope, "/v1/client/sign_ins", receive)  # type: ignore[arg-type]
    request.bound_body(MAX_BODY)
    assert await request.body() == b"a=1"


async def test_a_body_is_read_once_whoever_asks_for_it() -> None:  # R-LIM-07
    messages = [
        {"type": "http.request", "body": b"a=1", "more_body": True},
        {"type": "http.request", "body": b"&b=2", "more_body": False},
    ]

    async def receive() -> dict[str, object]:
        return messages.pop(0)

    request = HttpRequest(incoming().scope, "/v1/client/sign_ins", receive)  # type: ignore[arg-type]
    request.bound_body(MAX_BODY)
    assert [await request.body(), await request.body()] == [b"a=1&b=2"] * 2
    assert not messages
