"""An app of some framework, served as a process would serve it: ASGI on a loop of its own, WSGI on whichever thread asks."""

import asyncio
import sys
import threading
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any, TypeVar

import httpx

from sojourn.engine import Engine
from sojourn.ids import UserId
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.tokens.organization_claims import TokenOrganization
from sojourn.tokens.session_token import TokenClaims, mint
from sojourn.users.new_user import NewUser

T = TypeVar("T")
APP = "http://localhost:8000"
PAGE = {"accept": "text/html", "sec-fetch-dest": "document"}
OWN = {"sec-fetch-site": "same-origin", "origin": APP}


class Loop:
    """An event loop on a thread: what a server process has."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout=30)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in: a session with its token, as a header and as a cookie."""

    user_id: str
    session_id: str
    email: str
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token}"}

    @property
    def cookie(self) -> dict[str, str]:
        return {"cookie": f"__session={self.token}"}


@dataclass(slots=True)
class Server:
    """Where people sign in: an engine, and the loop that it lives on."""

    engine: Engine
    run: Any
    people: int = field(default=0)

    def person(self, *, claims: Mapping[str, Any] | None = None, age: int = 0, **grant: Any) -> Person:
        """Signed in with a new session, whose token was made `age` seconds ago; `claims` are custom ones."""
        self.people += 1
        return self.run(self._person(f"ada{self.people}-{id(self)}@example.com", claims or {}, age, grant))

    async def _person(self, email: str, claims: Mapping[str, Any], age: int, grant: dict[str, Any]) -> Person:
        engine = self.engine
        new = NewUser(email_addresses=[email], skip_password_requirement=True, first_name="Ada")
        user = await engine.accounts.create(engine.instance, new)
        session = await engine.sessions.create_for(engine.instance, user)
        said = TokenClaims(
            engine.config.public_url, user.id, session.id, custom=dict(claims), **{"first_factor_age": 0, **grant}
        )
        key = await engine.key_store.signing_key(engine.instance)
        now = engine.clock.now().before(timedelta(seconds=age))
        return Person(user.id, session.id, email, mint(said, key, now, life=timedelta(seconds=60)))

    def again(self, person: Person) -> Person:
        """The same user on another device."""
        return self.run(self._again(person))

    async def _again(self, person: Person) -> Person:
        engine = self.engine
        user = await engine.accounts.get(engine.instance, UserId(person.user_id))
        session = await engine.sessions.create_for(engine.instance, user)
        token = await engine.tokens.for_session(engine.instance, session, user, origin=None)
        return Person(user.id, session.id, person.email, token)

    def revoke(self, person: Person) -> None:
        self.run(self.engine.sessions.revoke(self.engine.instance, person.session_id, actor="test"))  # type: ignore[arg-type]

    def delete(self, person: Person) -> None:
        self.run(self.engine.accounts.delete(self.engine.instance, UserId(person.user_id), actor="test"))


ORGANIZATION = TokenOrganization(
    id="org_1", slug="acme", role="org:admin", permissions=frozenset({"org:invoices:write"})
)


@dataclass(slots=True)
class Site:
    """One app. `ask` sends one request and answers whole; nothing is followed, no cookie is kept."""

    name: str
    sojourn: SojournClient
    server: Server
    app: Any
    loop: Loop | None

    @property
    def is_async(self) -> bool:
        return self.loop is not None

    def ask(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(httpx.Request(method, APP + path, headers=sent))

    def send(self, request: httpx.Request) -> httpx.Response:
        if self.loop is not None:
            return self.loop.run(self._sent(request))
        with httpx.Client(transport=httpx.WSGITransport(self.app)) as client:
            return client.send(request)

    async def _sent(self, request: httpx.Request) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app)) as client:
            return await client.send(request)

    def leave_early(self, path: str, headers: Mapping[str, str]) -> None:
        """Ask, take the first part of the answer, and be gone. The app's end must be over when this returns."""
        if self.loop is not None:
            self.loop.run(self._left(path, headers))
            return
        environ: dict[str, Any] = {
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "", "SERVER_NAME": "localhost",
            "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": "localhost:8000", "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(), "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False,
            "wsgi.run_once": False, "wsgi.version": (1, 0), **{f"HTTP_{name.upper()}": value for name, value in headers.items()},
        }  # fmt: skip
        answer = self.app(environ, lambda *_: None)
        next(iter(answer))
        if hasattr(answer, "close"):
            answer.close()

    async def _left(self, path: str, headers: Mapping[str, str]) -> None:
        raw = [(b"host", b"localhost:8000"), *((name.encode(), value.encode()) for name, value in headers.items())]
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "", "headers": raw,
            "client": ("127.0.0.1", 1), "server": ("localhost", 8000), "extensions": {}, "state": {},
        }  # fmt: skip
        is_gone, asked = asyncio.Event(), iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> dict[str, Any]:
            for message in asked:
                return message
            await is_gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Mapping[str, Any]) -> None:
            if is_gone.is_set():
                raise OSError("the browser has gone")  # as servers say it since ASGI 2.4
            if message["type"] == "http.response.body" and message.get("body"):
                is_gone.set()

        await asyncio.wait_for(asyncio.gather(self.app(scope, receive, send), return_exceptions=True), 10)
        assert is_gone.is_set()

    @contextmanager
    def socket(self, path: str, headers: Mapping[str, str]) -> "Iterator[Socket]":
        assert self.loop is not None
        opened = Socket(self.loop, self.app, path, headers)
        try:
            yield opened
        finally:
            opened.leave()


class Socket:
    """A browser's end of a websocket. `hear` waits for the next message of the app."""

    def __init__(self, loop: Loop, app: Any, path: str, headers: Mapping[str, str]) -> None:
        self._loop = loop
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        raw = [(b"host", b"localhost:8000"), *((name.encode(), value.encode()) for name, value in headers.items())]
        scope = {
            "type": "websocket", "asgi": {"version": "3.0", "spec_version": "2.4"}, "http_version": "1.1",
            "scheme": "ws", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
            "headers": raw, "client": ("127.0.0.1", 1), "server": ("localhost", 8000), "subprotocols": [],
            "extensions": {}, "state": {},
        }  # fmt: skip
        self._task = loop.run(self._begin(app, scope))

    async def _begin(self, app: Any, scope: dict[str, Any]) -> "asyncio.Task[None]":
        await self._to_app.put({"type": "websocket.connect"})
        return asyncio.create_task(app(scope, self._to_app.get, self._from_app.put))

    def hear(self) -> dict[str, Any]:
        return self._loop.run(self._from_app.get())

    def say(self, text: str) -> None:
        self._loop.run(self._to_app.put({"type": "websocket.receive", "text": text, "bytes": None}))

    def leave(self) -> None:
        """The browser goes away; the app must end by itself."""
        self._loop.run(self._to_app.put({"type": "websocket.disconnect", "code": 1001}))
        self._loop.run(self._ended())

    async def _ended(self) -> None:
        await asyncio.wait_for(asyncio.gather(self._task, return_exceptions=True), 10)
