"""For Litestar: one plugin guards the app, and gives handlers `session` and `user`."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any, cast
from urllib.parse import unquote_to_bytes

from litestar import Litestar, Request, Response, asgi
from litestar.config.app import AppConfig
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import HTTPException, WebSocketException
from litestar.handlers import BaseRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.spec import Components, SecurityScheme
from litestar.plugins import InitPlugin
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from sojourn.backend.user import User
from sojourn.errors import SojournError
from sojourn.integrations.asgi import GUARD, SojournMiddleware, read, visit
from sojourn.integrations.denials import Denial, Denied
from sojourn.integrations.failures import FAILURES, failed
from sojourn.integrations.requirement import UNASKED, Requirement, Unasked
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.integrations.websockets import UNAUTHORIZED
from sojourn.tokens.claims import Claims

__all__ = ["SojournPlugin", "requires"]

_SCHEME = "SojournSession"
_OPT = "sojourn_guards_itself"


class SojournPlugin(InitPlugin):
    """`Litestar(plugins=[SojournPlugin(sojourn, public=["/"])])`: everything else is protected, even paths without a
    route. Handlers declare `session: NamedDependency[Claims]` (on public pages `NamedDependency[Claims | None]`) and
    `user: NamedDependency[User]`. The options are those of `SojournMiddleware`. A server inside the app is mounted at
    the path of its public URL.
    """

    def __init__(self, sojourn: SojournClient, *, public: Sequence[str] = (), **options: Any) -> None:
        self._sojourn = sojourn
        self._options: dict[str, Any] = {"sojourn": sojourn, "public": public, **options}

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        # around every route in any case, and around the router once the app has started, so that unauthenticated
        # requests cannot tell which paths exist
        around: list[_AroundRoutes] = []
        of_routes = DefineMiddleware(cast("Any", _AroundRoutes), around, **self._options)
        app_config.middleware.insert(0, of_routes)
        app_config.on_startup.append(partial(self._surround, of_routes, around))
        app_config.on_shutdown.append(self._close)
        for kind in (_RefusedHere, Denied, *FAILURES):
            cast("Any", app_config).exception_handlers.setdefault(kind, _answered)
        app_config.dependencies.setdefault("session", Provide(_session, sync_to_thread=False))
        app_config.dependencies.setdefault("user", Provide(_user))
        if (mount := _mounted(self._sojourn)) is not None:
            app_config.route_handlers.append(mount)
        if app_config.openapi_config is not None:
            _describe(app_config.openapi_config)
        return app_config

    async def _surround(self, of_routes: DefineMiddleware, around: "list[_AroundRoutes]", app: Litestar) -> None:
        await self._sojourn.open()
        outermost: Any = app.asgi_handler
        if (
            app.cors_config is not None
        ):  # CORS stays outermost: a preflight carries no token, and scripts may read denials
            outermost.app = SojournMiddleware(outermost.app, **self._options)
        else:
            app.asgi_handler = SojournMiddleware(outermost, **self._options)  # pyright: ignore[reportAttributeAccessIssue]
        if app.middleware[0] is of_routes:
            for middleware in around:
                middleware.stand_alone()

    async def _close(self) -> None:
        # looked up on each call, because a test may have replaced it
        await self._sojourn.close()


def requires(
    *, role: str | Unasked = UNASKED, permission: str | Unasked = UNASKED, organization: bool = False,
    max_age: timedelta | Unasked = UNASKED,
) -> "Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], None]":  # fmt: skip
    """A guard for `guards=[requires(role="org:admin")]` of a handler, controller or router."""
    requirement = Requirement(role=role, permission=permission, organization=organization, max_age=max_age)

    def sign_in_protection(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
        refused = visit(connection.scope).refusal(requirement)  # pyright: ignore[reportArgumentType]
        if refused is None:
            return
        if connection.scope["type"] == "websocket":
            raise WebSocketException(detail="Not signed in", code=UNAUTHORIZED)
        raise _RefusedHere(refused)

    return sign_in_protection


class _RefusedHere(HTTPException):
    """A denial as in every adapter."""

    def __init__(self, refused: Denial) -> None:
        super().__init__(status_code=refused.status)
        self.refusal = refused


def _answered(request: Request[Any, Any, Any], error: _RefusedHere | Denied | SojournError) -> Response[bytes]:
    if isinstance(error, SojournError):
        return _Whole(failed(error, read(request.scope)))  # pyright: ignore[reportArgumentType]
    return _Whole(error.refusal)


class _Whole(Response[bytes]):
    """A denial that keeps all headers: Litestar keeps only one per name, and there may be several cookies."""

    def __init__(self, refused: Denial) -> None:
        super().__init__(refused.body, status_code=refused.status)
        self._refused = refused

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        headers = [(name.decode(), value.decode("latin-1")) for name, value in self._refused.headers]
        return ASGIResponse(body=self._refused.body, status_code=self._refused.status, headers=headers)


def _session(scope: Scope) -> Claims | None:
    return visit(scope).session  # pyright: ignore[reportArgumentType]


async def _user(scope: Scope) -> User:
    """401 for unauthenticated requests and deleted users, 503 while the server is unreachable."""
    seen = visit(scope)  # pyright: ignore[reportArgumentType]
    user = await seen.user()
    if user is None:
        refused = seen.refusal()
        assert refused is not None
        raise Denied(refused)
    return user


def _describe(config: OpenAPIConfig) -> None:
    """The security scheme, so that "Authorize" works on the documentation pages."""
    scheme = SecurityScheme(type="http", scheme="bearer", bearer_format="JWT", description="A session token.")
    described = Components(security_schemes={_SCHEME: scheme})
    if isinstance(config.components, Components):
        config.components.security_schemes = {**(config.components.security_schemes or {}), _SCHEME: scheme}
    else:
        config.components = [*config.components, described]
    config.security = [*(config.security or []), {_SCHEME: []}]


class _AroundRoutes:
    """Guards a route that is not guarded yet; the server inside guards itself."""

    def __init__(self, around: "list[_AroundRoutes]", app: Any, **options: Any) -> None:
        self._app = app
        self._guarded = _OfRoute(app, **options)
        around.append(self)

    def stand_alone(self) -> None:
        """Let errors pass to the router if there is no other middleware around the route. For middleware on a route,
        Litestar adds a second error handler, so that the middleware sees error responses. This one does not need them
        while the router is guarded, and the second handler is as expensive as the guard.
        """
        if type(self._app).__name__ == "ExceptionHandlerMiddleware":  # otherwise it is another middleware
            self._app = self._app.app

    def __call__(self, scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        if GUARD in scope["state"] or scope["route_handler"].opt.get(_OPT):
            return self._app(scope, receive, send)
        return self._guarded(scope, receive, send)


class _OfRoute(SojournMiddleware):
    def routed_path(self, scope: Any) -> str | None:
        """The path as rewritten by the router: below a mount, the remaining part."""
        raw = scope.get("raw_path")
        return super().routed_path({**scope, "path": unquote_to_bytes(raw).decode("utf-8", "replace")}) if raw else None


def _mounted(sojourn: SojournClient) -> BaseRouteHandler | None:
    """The server inside, called with its mount path as ASGI apps are."""
    served = sojourn.served()
    if served is None:
        return None
    server, path = served[0], sojourn.mount_path

    async def mounted(scope: Scope, receive: Receive, send: Send) -> None:
        below = scope["path"] if scope["path"].startswith(path) else path + scope["path"]
        await server({**scope, "path": below, "root_path": scope["root_path"] + path}, receive, send)

    return asgi(path, is_mount=True, copy_scope=False, opt={_OPT: True})(mounted)
