"""Middleware for the guard, session data and `request.user`; each replaces Django's counterpart."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from sojourn.integrations import wsgi
from sojourn.integrations.access import refused_at
from sojourn.integrations.asgi import whole_answer
from sojourn.integrations.auth_context import AuthContext, Guard
from sojourn.integrations.authenticator import Authenticator, AuthState, HandshakeState, SignedInState
from sojourn.integrations.denials import KEPT_NOWHERE, said
from sojourn.integrations.django.conf import options
from sojourn.integrations.django.exceptions import refusal_behind, refusal_of
from sojourn.integrations.django.requests import answered, asked_of, asking, dressed, keep_cookie, visit
from sojourn.integrations.django.sessions import SessionStore
from sojourn.integrations.django.signing import farewell, is_login, sent_to_sign_in
from sojourn.integrations.django.users import auser_of, user_of
from sojourn.integrations.failures import FAILURES, failed
from sojourn.integrations.path_patterns import Matcher
from sojourn.integrations.session_data import Keeping
from sojourn.tokens.claims import Claims

__all__ = ["AuthenticationMiddleware", "SessionMiddleware", "SojournMiddleware"]

_PRIVATE, _VARY = (value.decode() for _, value in KEPT_NOWHERE)

GetResponse = Callable[[HttpRequest], Any]


class SojournMiddleware:
    """Authenticates the request, sets `request.sojourn` with its `session`, and denies unauthenticated requests.

    Every path is protected unless `PUBLIC` lists it, including the admin and static files. A server inside the app
    responds below the path of its public URL.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response
        chosen = options()
        self._sojourn = chosen.sojourn
        self._own = chosen.sojourn.mount_path
        self._matcher = Matcher(chosen.public, chosen.protected)
        self._guard = Guard(chosen.sojourn, chosen.sign_in_url)
        self._trusted = chosen.trusted_origins
        self._is_async = iscoroutinefunction(get_response)  # pyright: ignore[reportDeprecated]  # inspect's does not know the mark
        if self._is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self._is_async:
            return self._answer(request)
        if self._own and self._is_own(request):
            return _served_now(self._sojourn, request)
        seen = self._remembered(request)
        if seen is None:
            gate = self._sojourn.gate or self._sojourn.ready_now()
            seen = self._decided(gate, request, gate.decide_now(asked_of(request)))
            if isinstance(seen, HttpResponse):
                return seen
        return self._dressed(request, seen, self._get_response(request))

    async def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if self._own and self._is_own(request):
            return await _served(self._sojourn, request)
        seen = self._remembered(request)
        if seen is None:
            gate = self._sojourn.gate or await self._sojourn.ready()
            seen = self._decided(gate, request, await gate.decide_with_new_keys(asked_of(request)))
            if isinstance(seen, HttpResponse):
                return seen
        return self._dressed(request, seen, await self._get_response(request))

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Handle an exception of a view. Exceptions of other middleware arrive as a 500 response, which `_dressed` handles."""
        refused = refusal_of(exception, request)
        return answered(refused) if refused is not None else None

    def _is_own(self, request: HttpRequest) -> bool:
        path = request.path
        return bool(path == self._own or path.startswith(self._own + "/")) and self._sojourn.served() is not None

    def _remembered(self, request: HttpRequest) -> AuthContext | None:
        """The claims of a cached bearer token: the fast path of most API requests."""
        sent = request.META.get("HTTP_AUTHORIZATION")
        claims = self._sojourn.recall_header(sent) if sent else None
        if claims is None:
            return None
        return self._put(request, claims)

    def _put(self, request: HttpRequest, claims: Claims | None) -> AuthContext:
        """Set `request.sojourn` for the rest of the app."""
        seen = request.sojourn = AuthContext(self._guard, claims, asking(request))  # type: ignore[attr-defined]
        return seen

    def _decided(self, gate: Authenticator, request: HttpRequest, verdict: AuthState) -> AuthContext | HttpResponse:
        """Authenticate the request, or return the response that replaces the view's."""
        claims = verdict.claims if isinstance(verdict, SignedInState) else None
        seen = self._put(request, claims)
        if not isinstance(verdict, SignedInState):
            seen.said = said(verdict)
        if is_login(request) and not isinstance(verdict, HandshakeState):
            return sent_to_sign_in(request, seen)
        is_protected = self._matcher.is_protected(request.path_info)
        refused = refused_at(gate, asked_of(request), verdict, self._guard, self._trusted, is_protected=is_protected)
        return answered(refused) if refused is not None else seen

    def _dressed(self, request: HttpRequest, seen: AuthContext, response: HttpResponseBase) -> HttpResponseBase:
        """Protected pages of signed-in users must not be cached."""
        if response.status_code == 500 and (refused := refusal_behind(request)) is not None:
            response = answered(refused)
        if seen.is_over:
            dressed(response, farewell(seen))
        if seen.session is None:
            return dressed(response, seen.said)
        # reads the inner mapping with lower-case keys: four look-ups by the public way cost as much as the whole guard
        headers: dict[str, tuple[str, str]] = cast("Any", response.headers)._store
        if "cache-control" not in headers and self._matcher.is_protected(request.path_info):
            headers["cache-control"] = ("Cache-Control", _PRIVATE)
            if "vary" in headers:
                patch_vary_headers(response, cast("Any", ("Cookie", "Authorization", "Origin")))
            else:
                headers["vary"] = ("Vary", _VARY)
        return response


class SessionMiddleware(DjangoSessionMiddleware):
    """Stores `request.session` in Sojourn: bound to the session, or to an anonymous visitor before sign-in.

    Without a write no row is created.
    """

    def process_request(self, request: HttpRequest) -> None:
        seen = visit(request)
        keeping = Keeping.of(seen.asked(), seen.session, is_secure=seen.gate.is_secure)
        request.session = SessionStore(seen.guard.sojourn, keeping)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session = getattr(request, "session", None)
        if not isinstance(session, SessionStore):
            return response
        if session.accessed:
            patch_vary_headers(response, ("Cookie",))
        if response.status_code < 500:
            try:
                cookie = session.keep()
            except FAILURES as error:
                return answered(failed(error, asked_of(request)))
            if cookie:
                keep_cookie(response, cookie)
                response.setdefault("Cache-Control", "private, no-store")
        return response


class AuthenticationMiddleware(DjangoAuthenticationMiddleware):
    """Sets `request.user` to the row of the Sojourn user, or else to the user of Django's own sign-in."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if visit(request).session is not None:
            request.user = cast("Any", SimpleLazyObject(lambda: user_of(request)))
            request.auser = partial(auser_of, request)  # pyright: ignore[reportAttributeAccessIssue]


def _served_now(sojourn: Any, request: HttpRequest) -> HttpResponse:
    app, bridge = sojourn.served()
    return _shown(*bridge.run(_asking(app, request, sojourn.mount_path)))


async def _served(sojourn: Any, request: HttpRequest) -> HttpResponse:
    app, bridge = sojourn.served()
    return _shown(*await bridge.reach(_asking(app, request, sojourn.mount_path)))


def _asking(app: Any, request: HttpRequest, mount: str) -> Any:
    asked = cast("Any", request)
    scope: dict[str, Any]
    if hasattr(request, "scope"):
        scope = dict(asked.scope, path=request.path, root_path=mount)
    else:
        scope = dict(wsgi.scope_of(asked.environ, mount))
    # scheme, host and client address are those that Django determined by its settings and middleware
    peer = request.META.get("REMOTE_ADDR")
    headers = [(name, value) for name, value in scope["headers"] if name != b"host"]
    scope |= {
        "scheme": request.scheme or "http",
        "client": (peer, 0) if peer else scope["client"],
        "headers": [*headers, (b"host", request.get_host().encode())],
    }
    return whole_answer(app, scope, _body(request))


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except RequestDataTooBig:  # the server has its own size limits and accepts pictures
        return request.read(wsgi.MAX_BODY)


def _shown(status: int, headers: Any, body: bytes) -> HttpResponse:
    response = HttpResponse(body, status=status)
    return dressed(response, headers)
