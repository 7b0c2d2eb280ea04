"""For Flask: an extension that guards the app, `current_session`, `current_user`, and `session_required` for views."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast

from flask import Flask, Request, Response, current_app, g, request
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.local import LocalProxy

from sojourn.backend.user import User
from sojourn.errors import ServerUnreachable
from sojourn.integrations import wsgi
from sojourn.integrations.decorating import SessionRequired
from sojourn.integrations.handle import Handle
from sojourn.integrations.refusals import Refusal, Refused, unreachable
from sojourn.integrations.requirement import Requirement
from sojourn.integrations.session_data import Keeping, SessionData
from sojourn.integrations.wsgi import SESSION, SojournWsgiMiddleware
from sojourn.tokens.claims import Claims

_USER = "_sojourn_user"


class SojournFlask:
    """`SojournFlask(app, sojourn, public=["/"])`, or `init_app` for an app that is made later.

    Everything is protected unless `public` says otherwise, the files below /static too. `flask.session` is kept on the server,
    bound to the Sojourn session, unless `session_data` is false.
    """

    def __init__(
        self,
        app: Flask | None = None,
        sojourn: Handle | None = None,
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

    def init_app(self, app: Flask, sojourn: Handle | None = None) -> None:
        handle = sojourn or self._sojourn
        if handle is None:
            raise RuntimeError("SojournFlask needs the app's Sojourn: SojournFlask(app, sojourn)")
        app.extensions["sojourn"] = handle
        app.wsgi_app = SojournWsgiMiddleware(app.wsgi_app, handle, **self._options)
        app.register_error_handler(ServerUnreachable, lambda error: _answered(unreachable(error)))
        app.register_error_handler(Refused, lambda error: _answered(error.refusal))
        app.context_processor(lambda: {"current_session": current_session, "current_user": current_user})
        app.jinja_env.add_extension("sojourn.integrations.jinja.SojournExtension")
        if self._keeps_data:
            app.session_interface = _Sessions(handle)


def _session() -> Claims | None:
    return wsgi.visit(request.environ).session


def _user() -> User | None:
    if _USER not in g:
        setattr(g, _USER, wsgi.visit(request.environ).user_now())
    return getattr(g, _USER)


current_session = cast("Claims", LocalProxy(_session))
"""Who is there; false for strangers on public pages. Templates know it too, and `current_user`."""

current_user = cast("User", LocalProxy(_user))
"""Asked of the server when it is first looked at; false for strangers. Whoever has been deleted since is answered 401."""


def _guarded(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        refused = wsgi.visit(request.environ).refusal(requirement)
        return _answered(refused) if refused else current_app.ensure_sync(view)(*args, **kwargs)

    return guarded


session_required = SessionRequired(_guarded)
"""Guards a view, sync or async, or a whole blueprint: `blueprint.before_request(session_required(role="admin")(lambda: None))`."""


def _answered(refused: Refusal) -> Response:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in refused.headers]
    return Response(refused.body, refused.status, headers)


class _Data(SessionData, SessionMixin):
    """`flask.session`."""

    def __init__(self, load: Callable[[], dict[str, Any]], keeping: Keeping) -> None:
        SessionData.__init__(self, load)
        self.keeping = keeping


class _Sessions(SessionInterface):
    def __init__(self, sojourn: Handle) -> None:
        self._sojourn = sojourn

    def open_session(self, app: Flask, request: Request) -> SessionMixin:
        gate = self._sojourn.gate or self._sojourn.ready_now()
        asked = wsgi.read(request.environ)
        keeping = Keeping.of(asked, request.environ.get(SESSION), is_secure=gate.is_secure)
        return _Data(lambda: keeping.read_now(self._sojourn), keeping)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, _Data)
        if session.accessed:
            response.vary.add("Cookie")
        writing = session.keeping.writing(session)
        if writing is not None:
            writing.write_now(self._sojourn)
            if writing.cookie:
                response.headers.add("Set-Cookie", writing.cookie)
                response.headers.setdefault("Cache-Control", "private, no-store")
