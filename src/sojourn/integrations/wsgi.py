"""The middleware for WSGI apps: plain, Flask and every other PEP 3333 framework."""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from http import HTTPStatus
from types import MethodType
from typing import Any
from urllib.parse import quote

from sojourn.integrations.access import Look, looked
from sojourn.integrations.asgi import Scope, whole_answer
from sojourn.integrations.auth_context import MISSING, AuthContext, Guard
from sojourn.integrations.denials import KEPT_NOWHERE, Denial, Denied, Headers
from sojourn.integrations.failures import FAILURES, failed
from sojourn.integrations.path_patterns import Matcher
from sojourn.integrations.request_head import RequestHead
from sojourn.integrations.session_data import Keeping, SessionData
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.tokens.claims import Claims

__all__ = ["DATA", "SESSION", "SojournWsgiMiddleware", "visit"]

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]

SESSION = "sojourn.session"
"""Key of the session in the environ: `Claims`, or None on public pages."""

GUARD = "sojourn.guard"

DATA = "sojourn.session_data"
"""Key of the session data in the environ, if session data is enabled."""

MAX_BODY = 6 << 20
"""More than the server accepts, so a body truncated here is rejected."""

_REMEMBERED = 1024
_UNPREFIXED = {"CONTENT_TYPE": b"content-type", "CONTENT_LENGTH": b"content-length"}


class SojournWsgiMiddleware:
    """As `SojournMiddleware`: unauthenticated requests are redirected or get 401; every path is protected unless
    `public` lists it, and `environ["sojourn.session"]` holds the session. A server inside the app responds below the
    path of its public URL without being mounted. With `session_data`, `environ["sojourn.session_data"]` is a dictionary
    stored on the server.
    """

    def __init__(
        self,
        app: WsgiApp,
        sojourn: SojournClient,
        *,
        public: Sequence[str] = (),
        protected: Sequence[str] = (),
        sign_in_url: str = "",
        trusted_origins: Sequence[str] = (),
        session_data: bool = False,
    ) -> None:
        self._app = app
        self._sojourn = sojourn
        self._own = sojourn.mount_path
        self._matcher = Matcher(public, protected)
        self._protects_all = self._matcher.protects_all
        self._guard = Guard(sojourn, sign_in_url)
        self._trusted = frozenset(trusted_origins)
        self._keeps_data = session_data
        self._is_protected = lru_cache(_REMEMBERED)(self._protects)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            # the hot path of nearly all requests, with as few calls as possible: each is measurable on a small page
            sent = environ.get(
                "HTTP_AUTHORIZATION"
            )  # WSGI joins doubled headers into one text, which is never a valid token
            if sent and not self._keeps_data:
                claims = self._sojourn.recall_header(sent)
                if claims is not None and not (self._own and self.is_own(environ)):
                    environ[GUARD], environ[SESSION] = self._guard, claims
                    is_protected = self._protects_all or self._is_protected(environ.get("PATH_INFO", ""))
                    return self._app(environ, MethodType(_private, start_response) if is_protected else start_response)
            return self._answer(environ, start_response)
        except Denied as refused:
            return _answered(refused.refusal, start_response)
        except FAILURES as error:  # the server is unreachable or rejects this app's keys
            return _answered(failed(error, read(environ)), start_response)

    def _answer(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if self._own and self.is_own(environ):
            status, headers, body = self.served(environ)
            start_response(status, headers)
            return [body]
        look = self.look(environ)
        self.put(environ, look)
        if look.refused is not None:
            return _answered(look.refused, start_response)
        if look.headers:
            start_response = _adding(start_response, look.headers)
        elif look.is_private:
            start_response = MethodType(_private, start_response)
        if self._keeps_data:
            keeping = self.keeping(environ)
            data = environ[DATA] = SessionData(lambda: keeping.read_now(self._sojourn))
            start_response = self._saving(keeping, data, start_response)
        return self._app(environ, start_response)

    def recalled(self, environ: Environ) -> Look | None:
        """The decision for a bearer token that was verified before; None means that `look` must decide."""
        sent = environ.get("HTTP_AUTHORIZATION")
        claims = self._sojourn.recall_header(sent) if sent else None
        if claims is None:
            return None
        return Look(claims, is_private=self._protects_all or self._is_protected(environ.get("PATH_INFO", "")))

    def look(self, environ: Environ) -> Look:
        """Raises: FAILURES."""
        gate = self._sojourn.gate or self._sojourn.ready_now()
        asked = read(environ)
        verdict = gate.decide_now(asked)
        is_protected = self._is_protected(environ.get("PATH_INFO", ""))
        return looked(gate, asked, verdict, self._guard, self._trusted, is_protected=is_protected)

    def put(self, environ: Environ, look: Look) -> None:
        """Put the session into the environ for decorators and views."""
        environ[GUARD], environ[SESSION] = self._guard, look.claims

    def keeping(self, environ: Environ) -> Keeping:
        """The owner of the request's session data, after `look`. Raises: FAILURES."""
        gate = self._sojourn.gate or self._sojourn.ready_now()
        return Keeping.of(read(environ), environ[SESSION], is_secure=gate.is_secure)

    def served(self, environ: Environ) -> tuple[str, list[tuple[str, str]], bytes]:
        """The complete response of the server inside: status line, headers and body."""
        served = self._sojourn.served()
        assert served is not None
        app, bridge = served
        status, headers, body = bridge.run(whole_answer(app, scope_of(environ, self._own), body_of(environ)))
        return _status(status), _texts(headers), body

    def _protects(self, path: str) -> bool:
        return self._matcher.is_protected(routed(path))

    def is_own(self, environ: Environ) -> bool:
        """True if the mounted server, which has its own guard, handles this path."""
        if not self._own:
            return False
        whole = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        return whole == self._own or whole.startswith(self._own + "/")

    def _saving(self, keeping: Keeping, data: SessionData, start_response: StartResponse) -> StartResponse:
        def saving(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            writing = keeping.writing(data)
            if writing is not None:
                writing.write_now(self._sojourn)
                if writing.cookie:
                    headers = [*headers, ("Set-Cookie", writing.cookie), *_texts(KEPT_NOWHERE)]
            return start_response(status, headers, *more)

        return saving


def visit(environ: Environ) -> AuthContext:
    """The authentication context of the request, for decorators and views.

    Raises: RuntimeError if the middleware is missing.
    """
    guard, session = environ.get(GUARD), environ.get(SESSION)
    if not isinstance(guard, Guard):
        raise RuntimeError(MISSING)
    return AuthContext(guard, session if isinstance(session, Claims) else None, lambda: read(environ))


def read(environ: Environ) -> RequestHead:
    """The request head for the authenticator."""

    def url(host: str) -> str:
        # PEP 3333: the path's bytes are latin-1 characters
        path = quote(
            (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1"), safe="/:@!$&'()*+,;=~"
        )
        query = environ.get("QUERY_STRING", "")
        return f"{environ.get('wsgi.url_scheme', 'http')}://{host}{path or '/'}{'?' + query if query else ''}"

    return RequestHead(environ["REQUEST_METHOD"], _headers(environ), url)


def _headers(environ: Environ) -> Headers:
    headers = [
        (name[5:].lower().replace("_", "-").encode("latin-1"), value.encode("latin-1"))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    ]
    headers += [(header, environ[name].encode("latin-1")) for name, header in _UNPREFIXED.items() if environ.get(name)]
    return headers


def routed(path: str) -> str:
    """The path below the app, as the app's router reads it (PEP 3333: bytes as latin-1 characters)."""
    return (path if path.isascii() else path.encode("latin-1").decode("utf-8", "replace")) or "/"


def scope_of(environ: Environ, mount: str) -> Scope:
    """PEP 3333's environ as an ASGI scope, with the mount path in `root_path`."""
    raw = (environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")).encode("latin-1")
    peer = environ.get("REMOTE_ADDR")
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": environ.get("SERVER_PROTOCOL", "HTTP/1.1").rpartition("/")[2],
        "method": environ["REQUEST_METHOD"],
        "scheme": environ.get("wsgi.url_scheme", "http"),
        "path": raw.decode("utf-8", "replace"),
        "raw_path": quote(raw, safe="/:@!$&'()*+,;=~").encode(),
        "query_string": environ.get("QUERY_STRING", "").encode("latin-1"),
        "root_path": mount,
        "headers": _headers(environ),
        "client": (peer, 0) if peer else None,
        "server": (environ["SERVER_NAME"], int(environ["SERVER_PORT"])),
        "state": {},
    }


def body_of(environ: Environ) -> bytes:
    length = environ.get("CONTENT_LENGTH") or "0"
    return environ["wsgi.input"].read(min(int(length), MAX_BODY)) if length.isdecimal() else b""


def _answered(refused: Denial, start_response: StartResponse) -> list[bytes]:
    start_response(_status(refused.status), _texts(refused.headers))
    return [refused.body]


def _status(status: int) -> str:
    return f"{status} {HTTPStatus(status).phrase}"


def _texts(headers: Headers) -> list[tuple[str, str]]:
    return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]


def _adding(start_response: StartResponse, extra: Headers) -> StartResponse:
    def adding(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        return start_response(status, [*headers, *(header for header in _texts(extra) if header not in headers)], *more)

    return adding


def _private(start_response: StartResponse, status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
    """`start_response` for a page that must not be cached, unless the app sets its own header."""
    for name, _ in headers:
        if len(name) == _LENGTH and name.lower() == "cache-control":
            break
    else:
        headers = [*headers, *_KEPT_NOWHERE]
    return start_response(status, headers) if exc_info is None else start_response(status, headers, exc_info)


_LENGTH = len("cache-control")
_KEPT_NOWHERE = _texts(KEPT_NOWHERE)
