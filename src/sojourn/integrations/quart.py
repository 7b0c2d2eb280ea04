"""For Quart: an extension that guards the app, `current_session`, `current_user()`, and `session_required` for views."""

from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from functools import wraps
from typing import Any, cast

from quart import Quart, Response, current_app, has_websocket_context, request, websocket
from quart.sessions import SessionInterface, SessionMixin
from quart.wrappers import BaseRequestWebsocket
from werkzeug.local import LocalProxy

from sojourn.backend.user import User
from sojourn.integrations import asgi
from sojourn.integrations.access import Look
from sojourn.integrations.asgi import SojournMiddleware
from sojourn.integrations.decorators import SessionRequired
from sojourn.integrations.denials import Denial, Denied, Headers
from sojourn.integrations.failures import FAILURES, failed
from sojourn.integrations.flask_values import FLASK_VALUES
from sojourn.integrations.http_errors import KEPT_IN_NO_CACHE, become, is_preflight, raise_as_http, wear
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.session_data import Keeping, SessionData
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.integrations.websockets import UNAUTHORIZED
from sojourn.tokens.claims import Claims

__all__ = ["SojournQuart", "current_session", "current_user", "session_required"]


class SojournQuart:
    """`SojournQuart(app, sojourn, public=["/"])`, or `init_app` for an app that is created later. Everything is
    protected unless `public` lists it, including files below /static. `quart.session` is stored on the server, bound to
    the Sojourn session, unless `session_data` is false. A server inside the app responds below its own path.

    The guard runs where Quart dispatches a request, before all code of the app. It sees the URL as the app's proxy
    middleware sets it, and the app's `after_request` functions (CORS) and error handlers see its denials. Websockets
    are guarded around the whole app.
    """

    def __init__(
        self,
        app: Quart | None = None,
        sojourn: SojournClient | None = None,
        *,
        public: Sequence[str] = (),
        session_data: bool = True,
        **options: Any,
    ) -> None:
        """`options` are those of `SojournMiddleware`."""
        self._sojourn = sojourn
        self._keeps_data = session_data
        self._options: dict[str, Any] = {"public": public, **options}
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Quart, sojourn: SojournClient | None = None) -> None:
        handle = sojourn or self._sojourn
        if handle is None:
            raise RuntimeError("SojournQuart needs the app's Sojourn: SojournQuart(app, sojourn)")
        app.extensions["sojourn"] = handle
        middleware = SojournMiddleware(cast("Any", app.asgi_app), handle, **self._options)
        guard = _Dispatching(middleware)
        app.preprocess_request = guard.before(app.preprocess_request)
        app.after_request_funcs[None].insert(0, guard.dress)  # Quart calls the first one last
        app.asgi_app = _Around(app.asgi_app, middleware)  # pyright: ignore[reportAttributeAccessIssue]
        app.before_serving(_opening(handle))
        app.after_serving(_closing(handle))
        for kind in FAILURES:
            app.register_error_handler(kind, lambda error: _answered(failed(error, asgi.read(_scope()))))
        app.register_error_handler(Denied, lambda error: _answered(error.refusal))
        app.context_processor(lambda: {"current_session": current_session, "current_user": current_user})
        app.jinja_env.add_extension("sojourn.integrations.jinja.SojournExtension")
        if self._keeps_data:
            app.session_interface = cast("Any", _Sessions(handle, guard))


class _Around:
    """Guards websockets, and sends the response of the server inside unchanged."""

    def __init__(self, app: Any, middleware: SojournMiddleware) -> None:
        self._app = app
        self._middleware = middleware

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await self._middleware(scope, receive, send)
            return
        if scope["type"] != "http" or not self._middleware.has_server_inside:
            await self._app(scope, receive, send)
            return
        answers: list[tuple[int, Headers, bytes]] = []

        async def sending(message: Any) -> None:
            if not answers:
                await send(message)

        token = _answers.set(answers)
        try:
            await self._app(scope, receive, sending)
        finally:
            _answers.reset(token)
        for status, headers, body in answers:
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})


_answers: ContextVar[list[Any]] = ContextVar("sojourn_answers")
"""The scope key of the response of the server inside, for `_Around`."""


class _Dispatching:
    """The guard of one app, where Quart begins to dispatch a request."""

    def __init__(self, middleware: SojournMiddleware) -> None:
        self._middleware = middleware

    def before(self, preprocess: Callable[..., Any]) -> Callable[..., Any]:
        """Run Quart's `preprocess_request`, and so the app's own functions, once the guard has allowed the request."""

        async def guarded(*context: Any) -> Any:
            scope = cast("Any", request.scope)
            if (answers := _answers.get(None)) is not None and self._middleware.is_own(scope):
                answers.append(await self._middleware.served(scope, cast("bytes", await request.get_data())))
                return Response("", 204)
            if trouble := scope.get(_TROUBLE):
                raise trouble
            look = await self.looked(scope)
            if look.refused is None:
                return await preprocess(*context)
            if not is_preflight(request):
                return _denied(look.refused)
            scope[_LOOK] = self, Look(None)
            return Response("", 204)

        return guarded

    async def looked(self, scope: Any) -> Look:
        """The guard's decision, made once per request. Raises: FAILURES."""
        owner, look = scope.get(_LOOK, (None, None))
        if owner is not self:
            look = self._middleware.recalled(scope) or await self._middleware.look(scope)
            scope[_LOOK] = self, look
            self._middleware.put(scope, look.claims)
        return cast("Look", look)

    async def keeping(self, scope: Any) -> Keeping | None:
        """The owner of the request's session data; None if no view will run. Raises: FAILURES."""
        if scope["type"] == "websocket":
            claims = scope.get("state", {}).get("session")
        elif self._middleware.is_own(scope):
            return None
        else:
            look = await self.looked(scope)
            if look.refused is not None:
                return None
            claims = look.claims
        gate = await self._middleware.sojourn.ready()
        return Keeping.of(asgi.read(scope), claims, is_secure=gate.is_secure)

    async def dress(self, response: Any) -> Any:
        """Add the headers of every response, including an error page that the app shows for a denial."""
        owner, look = cast("Any", request.scope).get(_LOOK, (None, None))
        if owner is not self:
            return response
        seen = cast("Look", look)
        wear(response, seen.refused.headers if seen.refused else seen.headers)
        if seen.is_private and "cache-control" not in response.headers:
            response.headers.extend(KEPT_IN_NO_CACHE)
        return response


_LOOK = "sojourn.quart.look"
_TROUBLE = "sojourn.quart.trouble"


def _opening(sojourn: SojournClient) -> Callable[[], Awaitable[None]]:
    async def opening() -> None:
        await sojourn.open()

    return opening


def _closing(sojourn: SojournClient) -> Callable[[], Awaitable[None]]:
    async def closing() -> None:
        await sojourn.close()  # looked up on each call, because a test may have replaced it

    return closing


def _scope() -> Any:
    return websocket.scope if has_websocket_context() else request.scope


def _session() -> Claims | None:
    return asgi.visit(_scope()).session


current_session = cast("Claims", LocalProxy(_session))
"""The session of the request; falsy for signed-out visitors of public pages. Also available in templates, as is `current_user()`."""


async def current_user() -> User | None:
    """Load the user from the server; None when unauthenticated. A deleted user gets 401. Raises: FAILURES."""
    return await asgi.visit(_scope()).user()


def _guarded(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    @wraps(view)
    async def guarded(*args: Any, **kwargs: Any) -> Any:
        refused = asgi.visit(_scope()).refusal(requirement)
        if refused is None:
            return await current_app.ensure_async(view)(*args, **kwargs)
        if has_websocket_context():
            await cast("Any", websocket).accept()
            await websocket.close(UNAUTHORIZED)
            return None
        return _denied(refused)

    return guarded


session_required = SessionRequired(_guarded)
"""Guards a view or a websocket, or a whole blueprint: `blueprint.before_request(session_required(role="admin")(lambda: None))`."""


def _answered(refused: Denial) -> Response:
    response = Response(refused.body, refused.status)
    response.headers.clear()
    for name, value in refused.headers:
        response.headers.add(name.decode("latin-1"), value.decode("latin-1"))
    return response


def _denied(refused: Denial) -> Response:
    """Redirect to the sign-in page. Raises: HTTPException for other denials, which the app's error handlers see."""
    raise_as_http(refused.status, _answered(refused))
    return _answered(refused)


class _Data(SessionData, SessionMixin):
    """`quart.session`."""

    def __init__(self, values: dict[str, Any], keeping: Keeping | None) -> None:
        SessionData.__init__(self, lambda: values, kinds=FLASK_VALUES)
        self.read()
        self.keeping = keeping


class _Sessions(SessionInterface):
    def __init__(self, sojourn: SojournClient, guard: _Dispatching) -> None:
        self._sojourn = sojourn
        self._guard = guard

    async def open_session(self, app: Quart, request: BaseRequestWebsocket) -> SessionMixin:
        scope = cast("Any", request).scope
        try:
            keeping = await self._guard.keeping(scope)
            return _Data(await keeping.read(self._sojourn) if keeping else {}, keeping)
        except FAILURES as error:  # Quart catches no exception here
            scope[_TROUBLE] = error
            return _Data({}, None)

    async def save_session(self, app: Quart, session: SessionMixin, response: Any) -> None:
        assert isinstance(session, _Data)
        if response is not None and session.accessed:
            response.vary.add("Cookie")
        writing = session.keeping.writing(session) if session.keeping else None
        if writing is None:
            return
        try:
            await writing.write(self._sojourn)
        except FAILURES as error:  # Quart catches no exception here, after the view
            if response is not None:
                become(response, failed(error, asgi.read(_scope())))
            return
        if writing.cookie and response is not None:
            response.headers.add("Set-Cookie", writing.cookie)
            response.headers.setdefault("Cache-Control", "private, no-store")
