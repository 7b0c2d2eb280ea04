"""The middleware for ASGI apps: plain, Starlette and FastAPI."""

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any, Protocol

from sojourn.integrations.gate import Asked, Elsewhere, Gate, SignedIn, SignedOut
from sojourn.integrations.matching import Matcher
from sojourn.integrations.refusals import KEPT_NOWHERE, Headers, refusal, said
from sojourn.tokens.claims import Claims

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_UNAUTHORIZED_CLOSE = 4401


class Guarded(Protocol):
    """What the middleware needs of a `Sojourn`: `gate` is None until `ready` has made it usable."""

    @property
    def mount_path(self) -> str: ...
    @property
    def gate(self) -> Gate | None: ...
    async def ready(self) -> Gate: ...


class SojournMiddleware:
    """Puts the session on the request as `request.state.session` (`Claims`, or None on public pages), and refuses
    strangers: people are sent to sign in, API calls get 401 with `WWW-Authenticate: Bearer`.

    Everything is protected unless `public` says otherwise. `x-clerk-auth-reason` says why somebody was refused. What a
    protected page answers is kept by no cache and by no back button, unless it sets its own Cache-Control (R-CKI-07).
    """

    def __init__(
        self,
        app: App,
        sojourn: Guarded,
        *,
        public: Sequence[str] = (),
        protected: Sequence[str] = (),
        sign_in_url: str = "",
    ) -> None:
        self._app = app
        self._sojourn = sojourn
        self._own = sojourn.mount_path
        self._matcher = Matcher(public, protected)
        self._sign_in_url = sign_in_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or (self._own and self._is_ours(scope["path"])):
            await self._app(scope, receive, send)
            return
        gate = self._sojourn.gate or await self._sojourn.ready()
        claims = gate.known_bearer(scope["headers"])
        if claims is not None:
            await self._let_in(claims, scope, receive, send)
            return
        asked = read(scope)
        verdict = await gate.decide_with_new_keys(asked)
        if isinstance(verdict, SignedIn):
            await self._let_in(verdict.claims, scope, receive, send)
            return
        scope.setdefault("state", {})["session"] = None
        if scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._http(gate, asked, verdict, scope, receive, send)

    def _let_in(self, claims: Claims, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        scope.setdefault("state", {})["session"] = claims
        is_private = scope["type"] == "http" and self._matcher.is_protected(scope["path"])
        return self._app(scope, receive, _private(send) if is_private else send)

    def _is_ours(self, path: str) -> bool:
        """The mounted server guards itself."""
        return path == self._own or path.startswith(self._own + "/")

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._matcher.is_protected(scope["path"]):
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": _UNAUTHORIZED_CLOSE})

    async def _http(
        self, gate: Gate, asked: Asked, verdict: Elsewhere | SignedOut, scope: Scope, receive: Receive, send: Send
    ) -> None:
        is_protected = self._matcher.is_protected(scope["path"])
        refused = refusal(gate, asked, verdict, is_protected=is_protected, sign_in_url=self._sign_in_url)
        if refused is None:
            await self._app(scope, receive, _adding(send, said(verdict)))
            return
        await send({"type": "http.response.start", "status": refused.status, "headers": refused.headers})
        await send({"type": "http.response.body", "body": refused.body})


def read(scope: Scope) -> Asked:
    """A request as the gate reads it."""

    def url(host: str) -> str:
        path = scope.get("raw_path") or scope["path"].encode()
        query = scope.get("query_string", b"")
        asked = b"?".join((path, query)) if query else path
        return f"{scope.get('scheme', 'http')}://{host}{asked.decode('latin-1')}"

    return Asked(scope.get("method", "GET"), scope["headers"], url)


def _adding(send: Send, extra: Headers) -> Send:
    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *extra]}
        await send(message)

    return adding


def _private(send: Send) -> Send:
    def private(message: Message) -> Awaitable[None]:
        if message["type"] == "http.response.start":
            headers = message.get("headers", ())
            for name, _ in headers:
                if name.lower() == b"cache-control":
                    break
            else:
                message = {**message, "headers": [*headers, *KEPT_NOWHERE]}
        return send(message)

    return private
