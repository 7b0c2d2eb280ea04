"""The middleware for ASGI apps: plain, Starlette, FastAPI, Litestar and Quart."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from datetime import timedelta
from types import MethodType
from typing import Any

from sojourn.integrations.access import Look, looked, refused_at
from sojourn.integrations.auth_context import MISSING, AuthContext, Guard
from sojourn.integrations.authenticator import Authenticator, AuthState, SignedInState
from sojourn.integrations.denials import KEPT_NOWHERE, Denial, Denied, Headers, said
from sojourn.integrations.failures import FAILURES, failed
from sojourn.integrations.origins import is_own, may_be_used
from sojourn.integrations.path_patterns import Matcher
from sojourn.integrations.request_head import RequestHead
from sojourn.integrations.session_data import Keeping, SessionData
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.integrations.websockets import Socket, closing_on_failure, refuse
from sojourn.tokens.claims import Claims

__all__ = ["SojournMiddleware", "visit"]

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

GUARD = "sojourn"
"""Key of the guard in the scope's state."""

_LENGTH = len(b"cache-control")
_SOCKET_CHECK = timedelta(seconds=15)


class SojournMiddleware:
    """Authenticates requests and sets `request.state.session` (`Claims`, or None on public pages). Unauthenticated
    browsers are redirected to the sign-in page, API calls get 401 with `WWW-Authenticate: Bearer`. Every path that is
    not `public` is protected. `x-clerk-auth-reason` contains the reason of a denial. Responses of protected pages are
    not cached, not even for the back button, unless they set their own Cache-Control (R-CKI-07). Cross-site writes get
    403, unless their origin is one of `trusted_origins` (R-WEB-01). With `session_data`, `request.session` is a
    dictionary stored on the server. A websocket is closed with 4401 when its session ends, which is checked every
    `socket_check`. A server inside the app responds below the path of its public URL without being mounted. The app
    cannot have routes below that path, because the middleware does not guard it.
    """

    def __init__(
        self,
        app: App,
        sojourn: SojournClient,
        *,
        public: Sequence[str] = (),
        protected: Sequence[str] = (),
        sign_in_url: str = "",
        trusted_origins: Sequence[str] = (),
        session_data: bool = False,
        socket_check: timedelta = _SOCKET_CHECK,
    ) -> None:
        self._app = app
        self.sojourn = self._sojourn = sojourn
        self._own = sojourn.mount_path
        self._matcher = Matcher(public, protected)
        self._protects_all = self._matcher.protects_all
        self._guard = Guard(sojourn, sign_in_url)
        self._trusted = frozenset(trusted_origins)
        self._keeps_data = session_data
        self._socket_check = socket_check

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            # the hot path of nearly all requests, with as few calls as possible: each is measurable on a small page
            if scope["type"] == "http" and not self._keeps_data:
                claims = self._sojourn.recall(scope["headers"])
                if claims is not None and not (self._own and self._below_own(scope)):
                    state = scope.get("state")
                    if state is None:
                        scope["state"] = {"session": claims, GUARD: self._guard}
                    else:
                        state["session"], state[GUARD] = claims, self._guard
                    is_protected = self._protects_all or self._is_protected(scope)
                    await self._app(scope, receive, MethodType(_private, send) if is_protected else send)
                    return
            await self._guarded(scope, receive, send)
        except Denied as refused:
            if scope["type"] != "http":
                raise
            await _answer(refused.refusal, send)
        except FAILURES as error:  # the server is unreachable or rejects this app's keys
            if scope["type"] != "http":
                raise
            await _answer(failed(error, read(scope)), send)

    async def _guarded(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = scope["type"]
        if kind not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        if self._own and (whole := self._below_own(scope)) and (served := self._sojourn.served()) is not None:
            await served[0]({**scope, "path": whole, "root_path": self._own}, receive, send)
            return
        if kind == "websocket":
            await closing_on_failure(self._websocket, scope, receive, send)
            return
        gate = self._sojourn.gate or await self._sojourn.ready()
        asked = read(scope)
        await self._http(gate, asked, await gate.decide_with_new_keys(asked), scope, receive, send)

    def put(self, scope: Scope, claims: Claims | None) -> None:
        state = scope.setdefault("state", {})
        state["session"], state[GUARD] = claims, self._guard

    @property
    def has_server_inside(self) -> bool:
        return bool(self._own)

    def is_own(self, scope: Scope) -> bool:
        """True if the mounted server, which has its own guard, handles this path."""
        return bool(self._own and self._below_own(scope))

    async def served(self, scope: Scope, body: bytes) -> tuple[int, Headers, bytes]:
        """The complete response of the server inside: status, headers and body."""
        served = self._sojourn.served()
        assert served is not None
        return await whole_answer(served[0], {**scope, "path": self._below_own(scope), "root_path": self._own}, body)

    def recalled(self, scope: Scope) -> Look | None:
        """The decision for a bearer token that was verified before; None means that `look` must decide."""
        claims = self._sojourn.recall(scope["headers"])
        return None if claims is None else Look(claims, is_private=self._protects_all or self._is_protected(scope))

    async def look(self, scope: Scope) -> Look:
        """Raises: FAILURES."""
        gate = self._sojourn.gate or await self._sojourn.ready()
        asked = read(scope)
        verdict = await gate.decide_with_new_keys(asked)
        return looked(gate, asked, verdict, self._guard, self._trusted, is_protected=self._is_protected(scope))

    def _below_own(self, scope: Scope) -> str:
        """The full path if the server inside, which guards itself, responds there; otherwise empty."""
        path, root = scope["path"], scope.get("root_path", "")
        whole = path if path.startswith(root) else root + path
        return whole if whole == self._own or whole.startswith(self._own + "/") else ""

    def _is_protected(self, scope: Scope) -> bool:
        path = self.routed_path(scope)
        return path is None or self._matcher.is_protected(path)

    def routed_path(self, scope: Scope) -> str | None:
        """The path below the app, as its router reads it; None if two routers could read it differently (R-WEB-08)."""
        path, root = scope["path"], scope.get("root_path")
        if not root:
            return path or "/"
        if path.startswith(root) and path[len(root) : len(root) + 1] in ("", "/"):
            return path[len(root) :] or "/"
        return None if root in path else path

    async def _http(
        self, gate: Authenticator, asked: RequestHead, verdict: AuthState, scope: Scope, receive: Receive, send: Send
    ) -> None:
        is_protected = self._is_protected(scope)
        refused = refused_at(gate, asked, verdict, self._guard, self._trusted, is_protected=is_protected)
        if refused is not None:
            await _answer(refused, send)
            return
        claims = verdict.claims if isinstance(verdict, SignedInState) else None
        if not isinstance(verdict, SignedInState):
            send = _adding(send, said(verdict))
        elif is_protected:
            send = MethodType(_private, send)
        self.put(scope, claims)
        if self._keeps_data:
            await self._with_data(gate, asked, claims, scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _with_data(
        self, gate: Authenticator, asked: RequestHead, claims: Claims | None, scope: Scope, receive: Receive, send: Send
    ) -> None:
        keeping = Keeping.of(asked, claims, is_secure=gate.is_secure)
        data = scope["session"] = SessionData.of(await keeping.read(self._sojourn))

        async def saving(message: Message) -> None:
            """Save changed session data before the response is sent, so that the browser's next request sees it."""
            if message["type"] == "http.response.start" and (writing := keeping.writing(data)) is not None:
                await writing.write(self._sojourn)
                if writing.cookie:
                    cookie = (b"set-cookie", writing.cookie.encode())
                    message = {**message, "headers": [*message.get("headers", ()), cookie, *KEPT_NOWHERE]}
            await send(message)

        await self._app(scope, receive, saving)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        gate = self._sojourn.gate or await self._sojourn.ready()
        asked = read(scope)
        verdict = await gate.decide_with_new_keys(asked)
        is_foreign = may_be_used(asked, verdict) and not is_own(
            asked, {*self._trusted, *gate.own_origins}, is_socket=True
        )
        if is_foreign or (not isinstance(verdict, SignedInState) and self._is_protected(scope)):
            await refuse(scope, receive, send, "origin_invalid" if is_foreign else "signed-out")
            return
        claims = verdict.claims if isinstance(verdict, SignedInState) else None
        self.put(scope, claims)
        if self._keeps_data:
            scope["session"] = SessionData.of(
                await Keeping.of(asked, claims, is_secure=gate.is_secure).read(self._sojourn)
            )
        if claims is None:
            await self._app(scope, receive, send)
        else:
            await Socket(self._sojourn, claims, receive, send, every=self._socket_check).run(self._app, scope)


async def whole_answer(app: App, scope: Scope, body: bytes) -> tuple[int, Headers, bytes]:
    """Send one request to the server in this process and buffer its response, which is short."""
    status, headers, parts = 500, Headers(), list[bytes]()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
            headers.extend(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, headers, b"".join(parts)


def read(scope: Scope) -> RequestHead:
    """The request head for the authenticator."""

    def url(host: str) -> str:
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope.get("query_string", b"")
        asked = b"?".join((path, query)) if query else path
        return f"{scope.get('scheme', 'http')}://{host}{asked.decode('latin-1')}"

    return RequestHead(scope.get("method", "GET"), scope["headers"], url)


def visit(scope: Scope) -> AuthContext:
    """The authentication context of the request, for decorators and dependencies.

    Raises: RuntimeError if the middleware is missing.
    """
    state = scope.get("state", {})
    guard, session = state.get(GUARD), state.get("session")
    if not isinstance(guard, Guard):
        raise RuntimeError(MISSING)
    return AuthContext(guard, session if isinstance(session, Claims) else None, lambda: read(scope))


async def _answer(refused: Denial, send: Send) -> None:
    await send({"type": "http.response.start", "status": refused.status, "headers": refused.headers})
    await send({"type": "http.response.body", "body": refused.body})


def _adding(send: Send, extra: Headers) -> Send:
    """Wrap `send` to add headers, without repeating those that a guard in a view has already set."""

    def adding(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            headers = [tuple(header) for header in message.get("headers", ())]
            message = {**message, "headers": [*headers, *(header for header in extra if header not in headers)]}
        return send(message)

    return adding


def _private(send: Send, message: Message) -> Awaitable[None]:
    """`send` for a page that must not be cached, unless the app sets its own header. A bound method takes half the time
    of a `partial`.
    """
    if "status" in message:  # http.response.start
        headers = message.get("headers", ())
        for name, _ in headers:
            if len(name) == _LENGTH and name.lower() == b"cache-control":
                break
        else:
            message = {**message}  # the app may reuse its own message
            message["headers"] = [*headers, *KEPT_NOWHERE]
    return send(message)
