"""For Quart: an extension that guards the app, `current_session`, `current_user()`, and `session_required` for views."""

from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, cast

from quart import Quart, Response, current_app, has_websocket_context, request, websocket
from quart.sessions import SessionInterface, SessionMixin
from quart.wrappers import BaseRequestWebsocket
from werkzeug.local import LocalProxy

from sojourn.backend.user import User
from sojourn.errors import ServerUnreachable
from sojourn.integrations import asgi
from sojourn.integrations.asgi import SojournMiddleware
from sojourn.integrations.decorating import SessionRequired
from sojourn.integrations.handle import Handle
from sojourn.integrations.refusals import Refusal, Refused, unreachable
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.session_data import Keeping, SessionData
from sojourn.integrations.sockets import UNAUTHORIZED
from sojourn.tokens.claims import Claims


class SojournQuart:
    """`SojournQuart(app, sojourn, public=["/"])`, or `init_app` for an app that is made later.

    Everything is protected unless `public` says otherwise, the files below /static too. `quart.session` is kept on the server,
    bound to the Sojourn session, unless `session_data` is false. A server inside the app answers below its own path.
    """

    def __init__(
        self,
        app: Quart | None = None,
        sojourn: Handle | None = None,
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

    def init_app(self, app: Quart, sojourn: Handle | None = None) -> None:
        handle = sojourn or self._sojourn
        if handle is None:
            raise RuntimeError("SojournQuart needs the app's Sojourn: SojournQuart(app, sojourn)")
        app.extensions["sojourn"] = handle
        app.asgi_app = SojournMiddleware(cast("Any", app.asgi_app), handle, **self._options)  # pyright: ignore[reportAttributeAccessIssue]
        app.before_serving(_opening(handle))
        app.after_serving(_closing(handle))
        app.register_error_handler(ServerUnreachable, lambda error: _answered(unreachable(error)))
        app.register_error_handler(Refused, lambda error: _answered(error.refusal))
        app.context_processor(lambda: {"current_session": current_session, "current_user": current_user})
        app.jinja_env.add_extension("sojourn.integrations.jinja.SojournExtension")
        if self._keeps_data:
            app.session_interface = cast("Any", _Sessions(handle))


def _opening(sojourn: Handle) -> Callable[[], Awaitable[None]]:
    async def opening() -> None:
        await sojourn.ready()

    return opening


def _closing(sojourn: Handle) -> Callable[[], Awaitable[None]]:
    async def closing() -> None:
        await sojourn.close()  # looked up when it is time: a test may have put another in its place by then

    return closing


def _scope() -> Any:
    return websocket.scope if has_websocket_context() else request.scope


def _session() -> Claims | None:
    return asgi.visit(_scope()).session


current_session = cast("Claims", LocalProxy(_session))
"""Who is there; false for strangers on public pages. Templates know it too, and `current_user()`."""


async def current_user() -> User | None:
    """Asked of the server; None for strangers. Whoever has been deleted since is answered 401. Raises: BadSecretKey, ServerUnreachable."""
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
        return _answered(refused)

    return guarded


session_required = SessionRequired(_guarded)
"""Guards a view or a websocket, or a whole blueprint: `blueprint.before_request(session_required(role="admin")(lambda: None))`."""


def _answered(refused: Refusal) -> Response:
    response = Response(refused.body, refused.status)
    response.headers.clear()
    for name, value in refused.headers:
        response.headers.add(name.decode("latin-1"), value.decode("latin-1"))
    return response


class _Data(SessionData, SessionMixin):
    """`quart.session`."""

    def __init__(self, values: dict[str, Any], keeping: Keeping) -> None:
        SessionData.__init__(self, lambda: values)
        self.read()
        self.keeping = keeping


class _Sessions(SessionInterface):
    def __init__(self, sojourn: Handle) -> None:
        self._sojourn = sojourn

    async def open_session(self, app: Quart, request: BaseRequestWebsocket) -> SessionMixin:
        gate = await self._sojourn.ready()
        scope = cast("Any", request).scope
        session = scope.get("state", {}).get("session")
        keeping = Keeping.of(asgi.read(scope), session, is_secure=gate.is_secure)
        return _Data(await keeping.read(self._sojourn), keeping)

    async def save_session(self, app: Quart, session: SessionMixin, response: Any) -> None:
        assert isinstance(session, _Data)
        if response is not None and session.accessed:
            response.vary.add("Cookie")
        writing = session.keeping.writing(session)
        if writing is not None:
            await writing.write(self._sojourn)
            if writing.cookie and response is not None:
                response.headers.add("Set-Cookie", writing.cookie)
                response.headers.setdefault("Cache-Control", "private, no-store")
