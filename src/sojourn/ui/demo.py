"""The demo app of `sojourn dev`: a public page, a protected page with the user button, a protected API; guarded like any app."""

import secrets
from functools import cache

import msgspec
from jinja2 import Environment, PackageLoader
from litestar import get
from litestar.response import Redirect

from sojourn.engine import Engine
from sojourn.integrations.asgi import App, Receive, Scope, Send, SojournMiddleware
from sojourn.integrations.local_server import EngineClient
from sojourn.tokens.claims import Claims
from sojourn.ui.pages import COMPONENT_STYLES, PAGE_HEADERS, looks
from sojourn.ui.theme import look
from sojourn.web.frontend_api.context import Context
from sojourn.web.operation import frontend

_HOME, _PROTECTED, _API = "/demo", "/demo/protected", "/demo/api/protected"


@get("/", include_in_schema=False, opt=frontend(limit=None))
async def root(context: Context) -> Redirect:
    """Redirects the root of a development server to the demo."""
    return Redirect(f"{context.instance.public_url}{_HOME}", headers=PAGE_HEADERS)


def demo_app(engine: Engine) -> App:
    return SojournMiddleware(_Demo(engine), EngineClient(engine), public=["/"])


class _Demo:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"]).rstrip("/")
        session = scope["state"]["session"]
        if path == _API and session is not None:
            body = {"user_id": session.user_id, "session_id": session.session_id}
            await _send(send, 200, "application/json", msgspec.json.encode(body), {"Cache-Control": "no-store"})
        elif path == _HOME or (path == _PROTECTED and session is not None):
            await self._page(path, session, send)
        else:
            await _send(send, 404, "text/plain", b"The demo has no page at this path.", {})

    async def _page(self, path: str, session: Claims | None, send: Send) -> None:
        engine = self._engine
        nonce = secrets.token_urlsafe(16)
        user = await engine.accounts.get(engine.instance, session.user_id) if session else None  # pyright: ignore[reportArgumentType]
        email = user.primary_email_address if user else None
        is_protected = path == _PROTECTED
        instance = await engine.instances.current()
        html = (
            _templates()
            .get_template("demo.html")
            .render(
                nonce=nonce,
                look=look(instance.settings.theme),
                components=looks(instance),
                base=engine.config.public_url,
                key=engine.instance.publishable_key,
                title=_title(is_protected=is_protected, is_known=user is not None),
                email=email.value if email else None,
                is_protected=is_protected,
                session=session,
                life=_life(session) if session else None,
                claims=msgspec.json.format(msgspec.json.encode(session.raw)).decode() if session else None,
            )
        )
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'nonce-{nonce}' {COMPONENT_STYLES}; "
            "img-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
            "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
        )
        headers = {**PAGE_HEADERS, "Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff"}
        await _send(send, 200, "text/html; charset=utf-8", html.encode(), headers)


def _title(*, is_protected: bool, is_known: bool) -> str:
    if is_protected:
        return "This page is protected"
    return "Welcome back" if is_known else "This page is public"


def _life(session: Claims) -> int:
    """The lifetime of a token in whole seconds."""
    return round(session.expires_at.since(session.issued_at).total_seconds())


async def _send(send: Send, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
    shown = {"content-type": kind, "content-length": str(len(body)), **headers}
    pairs = [(name.lower().encode(), value.encode()) for name, value in shown.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


@cache
def _templates() -> Environment:
    return Environment(loader=PackageLoader("sojourn.ui"), autoescape=True, trim_blocks=True, lstrip_blocks=True)


HANDLERS = [root]
