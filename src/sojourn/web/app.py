"""The HTTP application: runs the guard, then a fast path or one of Litestar's routes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import cast
from urllib.parse import urlsplit

import structlog
from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import (
    ASGIApp,
    ControllerRouterHandler,
    HTTPReceiveMessage,
    HTTPScope,
    Receive,
    Scope,
    Send,
)

from sojourn.dashboard import PATH as DASHBOARD
from sojourn.dashboard import Dashboard
from sojourn.engine import Engine
from sojourn.errors import CookiesWithheld, NotFound, SojournError
from sojourn.events.refusals import BLOCKED, DOUBLED
from sojourn.factors.hash_pool import Payer, hashing_for
from sojourn.instances.instance import Instance
from sojourn.limits.rate_limit import REFUSED_PATHS, UNMATCHED
from sojourn.store import time_limit
from sojourn.tokens.handshake import cookie_suffix
from sojourn.web.admin_api import routes as console_routes
from sojourn.web.admin_api.context import admit_administrator
from sojourn.web.answer import Answer
from sojourn.web.backend_api import routes as backend_routes
from sojourn.web.backend_api.context import UNKNOWN_OPERATION, admit
from sojourn.web.client_ip import client_address, limit_key
from sojourn.web.cookies import CookieRules, DoubledCookie
from sojourn.web.development import as_asked, check_helped, check_here
from sojourn.web.errors import HostUnknown, MethodNotAllowed, answer_of, as_refusal
from sojourn.web.frontend_api import routes
from sojourn.web.frontend_api.context import ClientContext
from sojourn.web.guard import (
    check_headers,
    check_host,
    check_origin,
    effective_method,
    page_elsewhere,
)
from sojourn.web.headers import JSON, Headers, common, cross_origin, of_api, preflight
from sojourn.web.http_request import HttpRequest
from sojourn.web.operation import Api
from sojourn.web.path import PathRefused, made_path
from sojourn.web.request_context import CONTEXT, RequestContext
from sojourn.web.routing import NOWHERE, ROUTE, Place, Route, Routes, same_reading

RefusalPage = Callable[[Instance, int, SojournError], tuple[bytes, Headers]]
"""Renders the error page for a status, with its headers."""

Tell = Callable[[Mapping[str, str]], Awaitable[None]]

_log = structlog.get_logger("sojourn.web")

_DEMO = "/demo"
_OF_BROWSERS = "/v1/client"


def build(
    engine: Engine,
    *,
    pages: Sequence[ControllerRouterHandler] = (),
    demo: ASGIApp | None = None,
    console: ASGIApp | None = None,
    refusal_page: RefusalPage | None = None,
) -> ASGIApp:
    """The ASGI application of one engine.

    `pages` are additional handlers (hosted pages, the mailbox); `demo` and `console` are separate applications below
    `/demo` and `/dashboard`; `refusal_page` renders the error page for browser navigations.
    """
    if engine.config.is_development:
        _log.warning(
            "development", public_url=engine.config.public_url, says="answers this machine only; mail lands in the mailbox "
            "page and test codes work; to let others in, set SOJOURN_ENVIRONMENT=production",
        )  # fmt: skip
    handlers = tuple(pages)
    inner = litestar_app(handlers)
    return Application(engine, inner, _routes(inner), demo, console, refusal_page)


def build_console(
    dashboard: Dashboard, *, pages: Sequence[ControllerRouterHandler] = (), refusal_page: RefusalPage | None = None
) -> ASGIApp:
    """The ASGI application of the dashboard: its page, the Frontend API of its administrators, and the admin API."""
    inner = litestar_app(tuple(pages), console_routes.HANDLERS)
    return Application(dashboard.console, inner, _routes(inner), refusal_page=refusal_page, dashboard=dashboard)


_APIS = (*routes.HANDLERS, *backend_routes.HANDLERS)


@cache
def litestar_app(
    pages: tuple[ControllerRouterHandler, ...] = (), apis: tuple[ControllerRouterHandler, ...] = _APIS
) -> Litestar:
    """The routes behind the guard; useful alone only to describe them (`openapi.py`).

    They take their engine from the request, so all engines of a process share them; the tests of an app open hundreds.
    """
    return Litestar(
        route_handlers=[*apis, *pages],
        dependencies={"context": Provide(_context, sync_to_thread=False)},
        exception_handlers={Exception: _refused},
        before_request=same_reading,
        openapi_config=None,
        logging_config=None,
        debug=False,
    )


@cache
def _routes(inner: Litestar) -> Routes:
    return Routes(inner)


def _context(scope: Scope) -> RequestContext:
    return scope["state"][CONTEXT]


def _refused(request: Request[object, object, State], error: Exception) -> Response[bytes]:
    """Re-raise, because `Application` renders all errors in one place."""
    raise error


class Application:
    """Runs the guard, then the handler, and completes every response: headers, cookies, the error envelope."""

    def __init__(
        self,
        engine: Engine,
        inner: Litestar,
        routes: Routes,
        demo: ASGIApp | None = None,
        console: ASGIApp | None = None,
        refusal_page: RefusalPage | None = None,
        dashboard: Dashboard | None = None,
    ) -> None:
        self._engine = engine
        self._refusal_page = refusal_page
        self._inner = inner
        self._routes = routes
        self._prefix = urlsplit(engine.config.public_url).path
        self._demo = demo
        self._console = console
        self._dashboard = dashboard
        secure = engine.config.is_secure
        suffix = cookie_suffix(engine.instance.publishable_key)
        self._rules = CookieRules(
            secure=secure, domain=engine.config.cookie_domain, suffix=suffix, of_console=dashboard is not None
        )
        self._common = common(secure=secure)
        self._api = of_api(secure=secure)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if str(scope["type"]) == "lifespan":
            await _live(receive, cast("Tell", send))
            return
        if scope["type"] != "http":
            await self._inner(scope, receive, send)
            return
        with time_limit.of_one_request():
            await self._answered(scope, receive, send)

    async def _answered(self, scope: HTTPScope, receive: Receive, send: Send) -> None:
        answer = Answer(send, self._common, self._api, is_head=scope["method"] == "HEAD")
        request = HttpRequest(scope, "refused", receive)
        try:
            request.path = await self._path(request)
            if self._console is not None and _is_below(request.path, DASHBOARD):
                await self._console(_mounted(scope, request.path, DASHBOARD), receive, answer.passed_on)
                return
            moved = page_elsewhere(request, self._engine.config)
            if moved is not None:
                await answer.whole(307, b"", [(b"location", moved.encode())])
            elif self._demo is not None and _is_below(request.path, _DEMO):
                check_here(request, check_host(request, self._engine.config), self._engine.config)
                await check_helped(request, self._engine)
                scope["root_path"] = (scope["root_path"].rstrip("/") if "root_path" in scope else "") + _DEMO
                answer.started = True  # the demo handles its own errors
                await self._demo(scope, receive, send)
            else:
                await self._answer(request, answer)
        except Exception as error:  # the last resort: every failure becomes an error envelope
            if answer.started:
                raise
            await self._refuse(error, request, answer)

    async def _refuse(self, error: Exception, request: HttpRequest, answer: Answer) -> None:
        context, client = answer.context, None
        if isinstance(context, ClientContext):
            error = context.refusal(error)
            client = await context.client_beside(error)
        status, body, headers = answer_of(error, path=request.path, client=client)
        refusal = as_refusal(error)
        if refusal is not None and _is_below(request.path, _OF_BROWSERS):
            self._engine.refusals.note(self._engine.instance.id, _reason_of(refusal))
        is_page = self._refusal_page is not None and _is_page(request)
        if is_page and self._refusal_page is not None and refusal is not None and _is_seen(request.path, status):
            html, dressed = self._refusal_page(self._engine.instance, status, refusal)
            await answer.page(status, html, [*headers, *dressed])
        else:
            await answer.whole(status, body, [JSON, *headers])

    async def _path(self, request: HttpRequest) -> str:
        """The normalized path, used by all later steps. Raises: PathRefused, TooManyRequests."""
        try:
            return made_path(request.scope, self._prefix)
        except PathRefused:
            address = client_address(request, self._engine.config.trusted_proxies)
            await self._engine.limiter.hit(REFUSED_PATHS, limit_key(address))
            raise

    async def _answer(self, request: HttpRequest, answer: Answer) -> None:
        check_headers(request)
        place, values = self._routes.find(request.path)
        if place.api is Api.BACKEND:
            await self._answer_server(request, place, values, answer)
            return
        if place.api is Api.ADMIN:
            await self._answer_administrator(request, place, answer)
            return
        engine = self._engine
        method = effective_method(request)
        route = place.route(method)
        instance = await self._instance(request, route)
        if request.sent_method == "OPTIONS":
            await answer.whole(204, b"", preflight(request, instance, place.api))
            return
        answer.extra = cross_origin(request, instance, place.api)
        request.method = method
        check_origin(request, instance, self._rules)
        address = client_address(request, engine.config.trusted_proxies)
        await self._count(route, address, instance)
        route = _existing(place, route)
        if route.operation.development_help and instance.is_development:
            await check_helped(request, engine)
        request.bound_body(route.operation.max_body, route.operation.too_large)
        context = ClientContext(engine, request, instance, route.operation, rules=self._rules, address=address)
        context.cookies, context.headers, answer.context = answer.cookies, answer.extra, context
        if route.operation.fast is not None:
            await answer.whole(200, await route.operation.fast(context, *values), [JSON])
            return
        with hashing_for(Payer(limit_key(address), instance)):
            await self._hand_on(context, route, answer)

    async def _instance(self, request: HttpRequest, route: Route | None) -> Instance:
        """The instance of the request's Host. Raises: HostUnknown."""
        if route is not None and route.operation.any_host:
            return self._engine.instance
        host = check_host(request, self._engine.config)
        self._check_own_host(host)
        check_here(request, host, self._engine.config)
        instance = await self._engine.instances.by_host(host)
        if instance is None:
            raise HostUnknown()
        return as_asked(instance, request, self._engine.config)

    def _check_own_host(self, host: str) -> None:
        """The dashboard answers at its own host, where no page of an app is (R-ADM-03). Raises: HostUnknown."""
        if self._dashboard is not None and host != self._engine.config.public_host:
            raise HostUnknown(f"The dashboard is at {self._engine.config.public_url}.")

    async def _count(self, route: Route | None, address: str | None, instance: Instance) -> None:
        """Count the request against every limit of its route. Raises: TooManyRequests."""
        name = UNMATCHED if route is None else route.operation.limit
        if name is not None:
            await self._engine.limiter.hit(name, limit_key(address), instance)

    async def _answer_server(self, request: HttpRequest, place: Place, values: Sequence[str], answer: Answer) -> None:
        """Handle a Backend API request: a secret key instead of origin and cookies."""
        check_here(request, check_host(request, self._engine.config), self._engine.config)
        route = place.route(request.method)
        operation = UNKNOWN_OPERATION if route is None else route.operation
        request.bound_body(operation.max_body, operation.too_large)
        context = await admit(self._engine, request, operation)
        route = _existing(place, route)
        answer.context, context.cookies, context.headers = context, answer.cookies, answer.extra
        if operation.fast is not None:
            await answer.whole(200, await operation.fast(context, *values), [JSON])
            return
        with hashing_for(Payer(None)):
            await self._hand_on(context, route, answer)

    async def _answer_administrator(self, request: HttpRequest, place: Place, answer: Answer) -> None:
        """Handle an admin API request: a token of the console or a secret key, never a cookie (R-ADM-03)."""
        assert self._dashboard is not None
        self._check_own_host(check_host(request, self._engine.config))
        check_here(request, self._engine.config.public_host, self._engine.config)
        route = _existing(place, place.route(request.method))
        request.bound_body(route.operation.max_body, route.operation.too_large)
        await request.body()  # first: a body that comes slowly must not outlive the role of its sender (R-AUZ-05)
        context = await admit_administrator(self._dashboard, request, route.operation)
        answer.context, context.cookies, context.headers = context, answer.cookies, answer.extra
        with hashing_for(Payer(None)):
            await self._hand_on(context, route, answer)

    async def _hand_on(self, context: RequestContext, route: Route, answer: Answer) -> None:
        """Let the router call the handler, with the guard's results in the request's state."""
        request = context.request
        scope = request.scope
        scope["method"] = "GET" if request.method == "HEAD" else request.method  # pyright: ignore[reportGeneralTypeIssues]
        scope["path"], scope["root_path"] = request.path, ""
        scope["raw_path"] = request.path.encode()
        scope["state"] = {**scope.get("state", {}), CONTEXT: context, ROUTE: route}  # pyright: ignore[reportUnknownMemberType]
        await self._inner(scope, _read_by_context, answer.send)


async def _read_by_context() -> HTTPReceiveMessage:
    """Only the context reads the body; read through the router it would have no size limit."""
    raise TypeError("the body is read by the request context: see web/request_context.py")


def _existing(place: Place, route: Route | None) -> Route:
    """Raises: NotFound, MethodNotAllowed."""
    if route is not None:
        return route
    if place is NOWHERE:
        raise NotFound("This server has no resource at this path.")
    raise MethodNotAllowed(
        f"Method not allowed. This path accepts {' and '.join(place.methods)}.", allowed=place.methods
    )


def _reason_of(refusal: SojournError) -> str:
    """The name under which a refusal is counted."""
    if isinstance(refusal, DoubledCookie):
        return DOUBLED
    return BLOCKED if isinstance(refusal, CookiesWithheld) else refusal.code


async def _live(receive: Receive, send: Tell) -> None:
    """Accept lifespan events without work: the engine is closed by its opener, and routes are shared."""
    for event in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{event}.complete"})


def _is_page(request: HttpRequest) -> bool:
    """True for a browser navigation, according to its headers."""
    destination = request.header(b"sec-fetch-dest")
    return destination == "document" if destination else "text/html" in (request.header(b"accept") or "")


def _is_seen(path: str, status: int) -> bool:
    """True if an error is shown as a page: not below the APIs, and not for a redirect."""
    return status >= 400 and not f"{path}/".startswith(("/v1/", "/npm/", "/.well-known/"))


def _mounted(scope: HTTPScope, path: str, mount: str) -> HTTPScope:
    """The scope of an application below `mount`, with the path as this one has read it."""
    mounted = dict(scope)
    mounted |= {"path": path, "root_path": mount}
    return cast("HTTPScope", mounted)


def _is_below(path: str, mount: str) -> bool:
    return path == mount or path.startswith(mount + "/")
