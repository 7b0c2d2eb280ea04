"""For Quart: an extension that guards the app, `current_session`, `current_user()`, and `session_required` for views."""

from collections.abc import Callable, Sequence
from datetime import timedelta
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
from sojourn.integrations.handle import Handle
from sojourn.integrations.refusals import Refusal, unreachable
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
        app.asgi_app = SojournMiddleware(_Beside(app.asgi_app, handle), handle, **self._options)  # pyright: ignore[reportAttributeAccessIssue]
        app.before_serving(cast("Any", handle.ready))
        app.after_serving(handle.close)
        app.register_error_handler(ServerUnreachable, lambda error: _answered(unreachable(error)))
        app.jinja_env.add_extension("sojourn.integrations.jinja.SojournExtension")
        if self._keeps_data:
            app.session_interface = cast("Any", _Sessions(handle))


class _Beside:
    """The server inside, below its path; Quart has no mounts."""

    def __init__(self, app: Any, sojourn: Handle) -> None:
        self._app = app
        served = sojourn.served()
        self._server = served[0] if served else None
        self._path = sojourn.mount_path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        path = scope.get("path", "")
        if self._server is not None and self._path and (path == self._path or path.startswith(self._path + "/")):
            await self._server({**scope, "root_path": scope.get("root_path", "") + self._path}, receive, send)
        else:
            await self._app(scope, receive, send)


def _scope() -> Any:
    return websocket.scope if has_websocket_context() else request.scope


def _session() -> Claims | None:
    return asgi.visit(_scope()).session


current_session = cast("Claims", LocalProxy(_session))
"""Who is there; false for strangers on public pages."""


async def current_user() -> User | None:
    """Asked of the server; None for strangers. Raises: NotFound, BadSecretKey, ServerUnreachable."""
    return await asgi.visit(_scope()).user()


def session_required(
    *, role: str = "", permission: str = "", organization: bool = False, max_age: timedelta | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guards a view or a websocket: strangers are sent to sign in or get 401, others who lack something get 403; a
    websocket is closed with 4401.
    """
    requirement = Requirement(role=role, permission=permission, organization=organization, max_age=max_age)

    def guarding(view: Callable[..., Any]) -> Callable[..., Any]:
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

    return guarding


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
