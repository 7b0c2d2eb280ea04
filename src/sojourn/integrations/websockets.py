"""Websockets: denied without a session, and closed when their session ends."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import timedelta
from typing import Any

from sojourn.errors import SojournError
from sojourn.integrations.denials import Denied
from sojourn.integrations.failures import FAILURES, failed
from sojourn.integrations.sojourn_client import SojournClient
from sojourn.tokens.claims import Claims

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

UNAUTHORIZED = 4401
"""The close code of a websocket whose session is missing or has ended; the client should get a new token and reconnect.
"""

TRY_AGAIN_LATER = 1013
"""The close code while the server is unreachable (IANA registry of RFC 6455 section 11.7)."""

_WITHOUT_WORD = timedelta(seconds=60)
"""How long the server's last confirmation of the session counts: the lifetime of a token."""


async def refuse(scope: MutableMapping[str, Any], receive: Receive, send: Send, reason: str) -> None:
    """401 if the ASGI server can deny the handshake, otherwise a close with 4401."""
    await receive()
    if "websocket.http.response" not in scope.get("extensions", {}):
        await send({"type": "websocket.close", "code": UNAUTHORIZED})
        return
    headers = [(b"content-type", b"application/json"), (b"www-authenticate", b"Bearer")]
    body = json.dumps(
        {"errors": [{"code": "authentication_invalid", "message": "Not signed in", "meta": {"reason": reason}}]}
    )
    await send({"type": "websocket.http.response.start", "status": 401, "headers": headers})
    await send({"type": "websocket.http.response.body", "body": body.encode()})


async def closing_on_failure(
    app: Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]],
    scope: MutableMapping[str, Any],
    receive: Receive,
    send: Send,
) -> None:
    """Run `app`.

    A server failure closes the socket with 1013 and a deleted user with 4401, instead of raising in the app.
    """
    is_closed = False

    async def sending(message: Message) -> None:
        nonlocal is_closed
        is_closed = is_closed or message["type"] in ("websocket.close", "websocket.http.response.start")
        await send(message)

    try:
        await app(scope, receive, sending)
    except (Denied, *FAILURES) as error:
        if not isinstance(error, Denied):
            failed(error, None)  # logs the reason
        if not is_closed:
            await send(
                {"type": "websocket.close", "code": UNAUTHORIZED if isinstance(error, Denied) else TRY_AGAIN_LATER}
            )


class Socket:
    """The websocket of a session that is checked with the server at an interval. If the server is unreachable, or there
    is no secret key to ask it, the session counts as live until the token has expired and a minute has passed since the
    last confirmation.
    """

    def __init__(
        self, sojourn: SojournClient, claims: Claims, receive: Receive, send: Send, *, every: timedelta
    ) -> None:
        self._sojourn = sojourn
        self._claims = claims
        self._receive = receive
        self._send = send
        self._every = every.total_seconds()
        self._good_until = claims.expires_at
        self._ended = asyncio.Event()
        self._is_closed = False

    async def run(
        self, app: Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]], scope: MutableMapping[str, Any]
    ) -> None:
        watch = asyncio.create_task(self._watch())
        try:
            await app(scope, self.receive, self.send)
        finally:
            watch.cancel()

    async def receive(self) -> Message:
        """The next message, or a disconnect when the session ends."""
        coming = asyncio.ensure_future(self._receive())
        ending = asyncio.ensure_future(self._ended.wait())
        try:
            await asyncio.wait((coming, ending), return_when=asyncio.FIRST_COMPLETED)
            if self._ended.is_set():
                return {"type": "websocket.disconnect", "code": UNAUTHORIZED, "reason": "session ended"}
            return coming.result()
        finally:
            coming.cancel()
            ending.cancel()

    async def send(self, message: Message) -> None:
        """Raises: OSError once the session has ended, as ASGI servers do after a disconnect."""
        if self._ended.is_set():
            raise OSError("the session of this websocket has ended")
        self._is_closed = self._is_closed or message["type"] == "websocket.close"
        await self._send(message)

    async def _watch(self) -> None:
        while await self._is_good():
            left = self._good_until.since(self._sojourn.clock.now()).total_seconds()
            await asyncio.sleep(max(0.0, min(self._every, left)))
        self._ended.set()
        if not self._is_closed:
            await self._send({"type": "websocket.close", "code": UNAUTHORIZED, "reason": "session ended"})

    async def _is_good(self) -> bool:
        now = self._sojourn.clock.now()
        try:
            if not await self._sojourn.is_live(self._claims.session_id):
                return False
            self._good_until = max(self._good_until, now + _WITHOUT_WORD)
        except SojournError:
            pass
        return now < self._good_until
