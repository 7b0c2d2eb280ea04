"""The HTTP application: the guard in front, two hot paths beside, Litestar's routes behind."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import cast

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ASGIApp, ControllerRouterHandler, Message, Receive, Scope, Send

from sojourn.engine import Sojourn
from sojourn.tokens.handshake import cookie_suffix
from sojourn.web.addresses import client_address, limit_key
from sojourn.web.backend_api import hot as backend_hot
from sojourn.web.backend_api import routes as backend_routes
from sojourn.web.backend_api.call import KEY as CALL_KEY
from sojourn.web.backend_api.call import Call, admit
from sojourn.web.cookies import CookieRules
from sojourn.web.errors import HostUnknown, answer_of
from sojourn.web.exchange import Exchange
from sojourn.web.frontend_api import hot, routes
from sojourn.web.guard import (
    Reading,
    bounded,
    check_host,
    check_origin,
    check_sizes,
    effective_method,
    limit_name,
)
from sojourn.web.headers import JSON, PRIVATE, Headers, common, completed, cross_origin, of_api, preflight
from sojourn.web.incoming import Incoming

Tell = Callable[[Mapping[str, str]], Awaitable[None]]

_KEY = "sojourn_exchange"
_DEMO = "/demo"


def build(engine: Sojourn, *, pages: Sequence[ControllerRouterHandler] = (), demo: ASGIApp | None = None) -> ASGIApp:
    """The ASGI application of one engine.

    `pages` are further handlers (hosted pages, the mailbox); `demo` is an application of its own below `/demo`.
    """
    return Application(engine, litestar_app(tuple(pages)), demo)


@cache
def litestar_app(pages: tuple[ControllerRouterHandler, ...] = ()) -> Litestar:
    """The routes behind the guard; useful alone only to describe them (`openapi.py`).

    They take their engine from the request, so all engines of a process share them: an app that is tested opens hundreds.
    """
    return Litestar(
        route_handlers=[*routes.HANDLERS, *backend_routes.HANDLERS, *pages],
        dependencies={
            "exchange": Provide(_exchange, sync_to_thread=False),
            "call": Provide(_call, sync_to_thread=False),
        },
        exception_handlers={Exception: _refused},
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


def _exchange(scope: Scope) -> Exchange:
    return scope["state"][_KEY]


def _call(scope: Scope) -> Call:
    return scope["state"][CALL_KEY]


def _refused(request: Request[object, object, State], error: Exception) -> Response[bytes]:
    status, body, headers = answer_of(error, path=request.scope["path"])
    shown = {name.decode(): value.decode() for name, value in headers}
    return Response(body, status_code=status, media_type="application/json", headers=shown)


class Application:
    """Runs the guard, then the handler, and dresses every answer: headers, cookies, the error envelope."""

    def __init__(self, engine: Sojourn, inner: Litestar, demo: ASGIApp | None = None) -> None:
        self._engine = engine
        self._inner = inner
        self._demo = demo
        secure = engine.config.is_secure
        suffix = cookie_suffix(engine.instance.publishable_key)
        self._rules = CookieRules(secure=secure, domain=engine.config.cookie_domain, suffix=suffix)
        self._common = common(secure=secure)
        self._api = of_api(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) == "lifespan":
            await _live(receive, cast("Tell", send))
            return
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        answer = _Answer(send, self._common, self._api)
        try:
            incoming = Incoming(scope)
            if self._demo is not None and _is_below(incoming.path, _DEMO):
                check_host(incoming, self._engine.config)
                scope["root_path"] = (scope["root_path"].rstrip("/") if "root_path" in scope else "") + _DEMO
                answer.started = True  # it answers for itself, errors included
                await self._demo(scope, receive, send)
            else:
                await self._answer(incoming, receive, answer)
        except Exception as error:  # the last wall: whatever it was, the caller gets the envelope
            if answer.started:
                raise
            status, body, headers = answer_of(error, path=scope["path"])
            await answer.whole(status, body, [JSON, *headers])

    async def _answer(self, incoming: Incoming, receive: Receive, answer: "_Answer") -> None:
        engine = self._engine
        host = check_host(incoming, engine.config)
        most = check_sizes(incoming)
        if backend_routes.owns(incoming.path):
            await self._answer_server(incoming, bounded(receive, most), answer)
            return
        instance = await engine.registry.by_host(host)
        if instance is None:
            raise HostUnknown()
        if incoming.sent_method == "OPTIONS":
            await answer.whole(204, b"", preflight(incoming, instance))
            return
        answer.extra = cross_origin(incoming, instance)
        incoming.method = effective_method(incoming)
        check_origin(incoming, instance, self._rules)
        address = client_address(incoming, engine.config.trusted_proxies)
        name = limit_name(incoming)
        if name is not None:
            await engine.limiter.hit(name, limit_key(address), settings=instance.settings)
        exchange = Exchange(engine, incoming, instance, self._rules, address, bounded(receive, most))
        exchange.cookies, exchange.headers = answer.cookies, answer.extra
        fast = hot.find(incoming.method, incoming.path)
        if fast is not None:
            await answer.whole(200, await fast(exchange), [JSON])
            return
        await self._route(incoming, _KEY, exchange, exchange.receive, answer)

    async def _answer_server(self, incoming: Incoming, receive: Reading, answer: "_Answer") -> None:
        """The Backend API: a secret key in place of host, origin and cookies."""
        call = await admit(self._engine, incoming, receive)
        fast = backend_hot.find(incoming.method, incoming.path)
        if fast is not None:
            handler, id = fast
            await answer.whole(200, await handler(call, id), [JSON])
            return
        await self._route(incoming, CALL_KEY, call, receive, answer)

    async def _route(
        self, incoming: Incoming, key: str, seen: Exchange | Call, receive: Reading, answer: "_Answer"
    ) -> None:
        """Hand on to the router, with what the guard made of the request under `key`."""
        scope = incoming.scope
        scope["method"] = incoming.method  # pyright: ignore[reportGeneralTypeIssues]
        scope["path"], scope["root_path"] = incoming.path, ""
        scope["raw_path"] = incoming.path.encode()
        scope["state"] = {**scope.get("state", {}), key: seen}  # pyright: ignore[reportUnknownMemberType]
        await self._inner(scope, receive, answer.send)


async def _live(receive: Receive, send: Tell) -> None:
    """Nothing here begins or ends with the server: whoever opened the engine closes it, and the routes are shared."""
    for event in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{event}.complete"})


def _is_below(path: str, mount: str) -> bool:
    return path == mount or path.startswith(mount + "/")


class _Answer:
    """The answer being sent; adds the headers that every answer of its kind wears."""

    def __init__(self, send: Send, common: Headers, api: Headers) -> None:
        self._send = send
        self._common = common
        self._api = api
        self.started = False
        self.extra: Headers = []
        self.cookies: list[str] = []

    async def whole(self, status: int, body: bytes, headers: Headers) -> None:
        """Send a complete API answer."""
        self.started = True
        sized = (b"content-length", str(len(body)).encode())
        dressed = [*headers, *self._api, *self.extra, *self._cookie_headers(), sized]
        await self._send({"type": "http.response.start", "status": status, "headers": dressed})
        await self._send({"type": "http.response.body", "body": body, "more_body": False})

    async def send(self, message: Message) -> None:
        """Pass on what a handler sends; JSON wears the headers of the API, pages and scripts set their own beside."""
        if message["type"] == "http.response.start":
            self.started = True
            given = list(message["headers"])
            is_json = any(name.lower() == b"content-type" and value.startswith(JSON[1]) for name, value in given)
            kind = self._api if is_json else self._common
            if self.cookies and not is_json:
                kind = [*PRIVATE, *kind]
            dressed = [*completed(given, [*kind, *self.extra]), *self._cookie_headers()]
            message = {"type": "http.response.start", "status": message["status"], "headers": dressed}
        await self._send(message)

    def _cookie_headers(self) -> Headers:
        return [(b"set-cookie", cookie.encode("latin-1")) for cookie in self.cookies]
