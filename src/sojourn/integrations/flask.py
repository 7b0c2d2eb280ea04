"""For Flask: an extension that guards the app, `current_session`, `current_user`, and `session_required` for views."""

from collections.abc import Callable, Iterable, Sequence
from contextvars import ContextVar
from functools import wraps
from typing import Any, cast

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.local import LocalProxy

from sojourn.backend.user import User
from sojourn.integrations import wsgi
from sojourn.integrations.access import Look
from sojourn.integrations.decorators import SessionRequired
from sojourn.integrations.denials import Denial, Denied
from sojourn.integrations.failures import FAILURES, failed
from sojourn.integrations.flask_values import FLASK_VALUES
from sojourn.integrations.http_errors import KEPT_IN_NO_CACHE, become, is_preflight, raise_as_http, wear
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.session_data import Keeping, SessionData
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.integrations.wsgi import Environ, SojournWsgiMiddleware, StartResponse, WsgiApp
from sojourn.tokens.claims import Claims

__all__ = ["SojournFlask", "current_session", "current_user", "session_required"]

_USER = "_sojourn_user"
_LOOK = "sojourn.flask.look"


class SojournFlask:
    """`SojournFlask(app, sojourn, public=["/"])`, or `init_app` for an app that is created later. Everything is
    protected unless `public` lists it, including files below /static. `flask.session` is stored on the server, bound to
    the Sojourn session, unless `session_data` is false.

    The guard runs where Flask dispatches a request, before all code of the app. It sees the URL as `ProxyFix` sets it,
    and the app's `after_request` functions (CORS) and error handlers see its denials.
    """

    def __init__(
        self,
        app: Flask | None = None,
        sojourn: SojournClient | None = None,
        *,
        public: Sequence[str] = (),
        protected: Sequence[str] = (),
        sign_in_url: str = "",
        trusted_origins: Sequence[str] = (),
        session_data: bool = True,
    ) -> None:
        self._sojourn = sojourn
        self._keeps_data = session_data
        self._options: dict[str, Any] = {
            "public": public, "protected": protected, "sign_in_url": sign_in_url, "trusted_origins": trusted_origins,
        }  # fmt: skip
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask, sojourn: SojournClient | None = None) -> None:
        handle = sojourn or self._sojourn
        if handle is None:
            raise RuntimeError("SojournFlask needs the app's Sojourn: SojournFlask(app, sojourn)")
        app.extensions["sojourn"] = handle
        guard = _Dispatching(SojournWsgiMiddleware(app.wsgi_app, handle, **self._options))
        app.preprocess_request = guard.before(app.preprocess_request)
        app.after_request_funcs.setdefault(None, []).insert(0, guard.dress)  # Flask calls the first one last
        if handle.mount_path:
            app.wsgi_app = _ServerInside(app.wsgi_app)
        for kind in FAILURES:
            app.register_error_handler(kind, lambda error: _answered(failed(error, wsgi.read(request.environ))))
        app.register_error_handler(Denied, lambda error: _answered(error.refusal))
        app.context_processor(lambda: {"current_session": current_session, "current_user": current_user})
        app.jinja_env.add_extension("sojourn.integrations.jinja.SojournExtension")
        if self._keeps_data:
            app.session_interface = _Sessions(handle, guard)


class _Dispatching:
    """The guard of one app, where Flask begins to dispatch a request."""

    def __init__(self, middleware: SojournWsgiMiddleware) -> None:
        self._middleware = middleware

    def before(self, preprocess: Callable[..., Any]) -> Callable[..., Any]:
        """Run Flask's `preprocess_request`, and so the app's own functions, once the guard has allowed the request."""

        def guarded(*context: Any) -> Any:
            environ = request.environ
            if self._middleware.is_own(environ) and (answers := _answers.get(None)) is not None:
                answers.append(self._middleware.served(environ))
                return Response(status=204)
            look = self._middleware.recalled(environ)
            if look is None:
                look = self.looked(environ)
            else:
                environ[_LOOK] = self, look
                self._middleware.put(environ, look)
            if look.refused is None:
                return preprocess(*context)
            if not is_preflight(request):
                return denied(look.refused)
            environ[_LOOK] = self, Look(None)
            return Response(status=204)

        return guarded

    def looked(self, environ: Environ) -> Look:
        """The guard's decision, made once per request. Raises: FAILURES."""
        owner, look = environ.get(_LOOK, (None, None))
        if owner is not self:
            look = self._middleware.look(environ)
            environ[_LOOK] = self, look
            self._middleware.put(environ, look)
        return cast("Look", look)

    def keeping(self, environ: Environ) -> Keeping:
        self.looked(environ)
        return self._middleware.keeping(environ)

    def dress(self, response: Response) -> Response:
        """Add the headers of every response, including an error page that the app shows for a denial."""
        owner, look = request.environ.get(_LOOK, (None, None))
        if owner is not self:
            return response
        seen = cast("Look", look)
        wear(response, seen.refused.headers if seen.refused else seen.headers)
        if seen.is_private and "cache-control" not in response.headers:
            response.headers.extend(KEPT_IN_NO_CACHE)
        return response


_answers: ContextVar[list[Any]] = ContextVar("sojourn_answers")
"""The environ key of the response of the server inside, for `_ServerInside`."""


class _ServerInside:
    """Sends the response of the server inside unchanged, bypassing the app's `after_request` functions."""

    def __init__(self, app: WsgiApp) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        answers: list[tuple[str, list[tuple[str, str]], bytes]] = []

        def starting(*given: Any) -> Any:
            return start_response(*given) if not answers else _unwritten

        token = _answers.set(answers)
        try:
            parts = self._app(environ, starting)
        finally:
            _answers.reset(token)
        if not answers:
            return parts
        if hasattr(parts, "close"):
            cast("Any", parts).close()
        status, headers, body = answers[0]
        start_response(status, headers)
        return [body]


def _unwritten(_: bytes) -> None:
    """PEP 3333's `write` callable, for a response that is discarded."""


def _session() -> Claims | None:
    return wsgi.visit(request.environ).session


def _user() -> User | None:
    if _USER not in g:
        setattr(g, _USER, wsgi.visit(request.environ).user_now())
    return getattr(g, _USER)


current_session = cast("Claims", LocalProxy(_session))
"""The session of the request; falsy for signed-out visitors of public pages. Also a template variable, as is `current_user`."""

current_user = cast("User", LocalProxy(_user))
"""Loaded from the server on first access; falsy when unauthenticated. A deleted user gets 401."""


def _guarded(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        refused = wsgi.visit(request.environ).refusal(requirement)
        return denied(refused) if refused else current_app.ensure_sync(view)(*args, **kwargs)

    return guarded


session_required = SessionRequired(_guarded)
"""Guards a view, sync or async, or a whole blueprint: `blueprint.before_request(session_required(role="admin")(lambda: None))`."""


def _answered(refused: Denial) -> Response:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in refused.headers]
    return Response(refused.body, refused.status, headers)


def denied(refused: Denial) -> Response:
    """Redirect to the sign-in page. Raises: HTTPException for other denials, which the app's error handlers see."""
    raise_as_http(refused.status, _answered(refused))
    return _answered(refused)


class _Data(SessionData, SessionMixin):
    """`flask.session`. Its owner is determined at first access, which is after the guard has read the request."""

    def __init__(self, sojourn: SojournClient, begin: Callable[[], Keeping]) -> None:
        SessionData.__init__(self, lambda: self.keeping.read_now(sojourn), kinds=FLASK_VALUES)
        self._begin = begin
        self._keeping: Keeping | None = None

    @property
    def keeping(self) -> Keeping:
        if self._keeping is None:
            self._keeping = self._begin()
        return self._keeping


class _Sessions(SessionInterface):
    def __init__(self, sojourn: SojournClient, guard: _Dispatching) -> None:
        self._sojourn = sojourn
        self._guard = guard

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        environ = request.environ
        return _Data(self._sojourn, lambda: self._guard.keeping(environ))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, _Data)
        if session.accessed:
            response.vary.add("Cookie")
        if not session.is_read:
            return
        writing = session.keeping.writing(session)
        if writing is None:
            return
        try:
            writing.write_now(self._sojourn)
        except FAILURES as error:  # Flask catches no exception here, after the view
            become(response, failed(error, wsgi.read(request.environ)))
            return
        if writing.cookie:
            response.headers.add("Set-Cookie", writing.cookie)
            response.headers.setdefault("Cache-Control", "private, no-store")
