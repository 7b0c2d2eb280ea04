"""A Sojourn server elsewhere, as an app knows it: its address and two keys."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from sojourn.errors import BadSecretKey, Json, NotFound
from sojourn.instant import SystemClock
from sojourn.integrations.gate import Gate
from sojourn.secret import Secret
from sojourn.tokens.handshake import read_handshake
from sojourn.tokens.remote_keys import RemoteKeys
from sojourn.tokens.session_token import Verifier

_DEADLINE = 5.0


class Remote:
    """Tokens verify here without a network call; the key set is fetched once and renewed seldom."""

    mount_path = ""

    def __init__(self, url: str, publishable_key: str, secret_key: str = "") -> None:
        self.url = url.rstrip("/")
        self._secret = Secret(secret_key)
        self._clock = SystemClock()
        self._keys = RemoteKeys.at(f"{self.url}/.well-known/jwks.json")
        verifier = Verifier(self._keys.find, issuer=self.url, clock=self._clock)
        self._keys.on_change(verifier.forget)
        renew = self._keys.refresh_async
        self._gate = Gate(
            publishable_key, self.url, verifier.verify, self._read_handshake, renew, verifier.recall, self._keys.refresh
        )

    @property
    def gate(self) -> Gate | None:
        return self._gate if self._keys.is_fresh else None

    async def ready(self) -> Gate:
        if not self._keys.is_fresh:
            await self._keys.refresh_async()
        return self._gate

    def ready_now(self) -> Gate:
        if not self._keys.is_fresh:
            self._keys.refresh()
        return self._gate

    def served(self) -> None:
        """The server is elsewhere."""

    @asynccontextmanager
    async def lifespan(self, _: object = None) -> "AsyncGenerator[None]":
        """As of a `Sojourn` inside the app, so that one may take the place of the other."""
        await self.ready()
        yield

    def _read_handshake(self, token: str) -> list[str]:
        return read_handshake(token, self._keys.find, self._clock.now())

    async def user(self, user_id: str) -> dict[str, Json]:
        """The user as the Backend API shows it. Raises: NotFound, BadSecretKey, httpx.HTTPError."""
        import httpx

        headers = {"Authorization": f"Bearer {self._secret.reveal()}"}
        async with httpx.AsyncClient(timeout=_DEADLINE, headers=headers) as client:
            answer = await client.get(f"{self.url}/v1/users/{user_id}")
        if answer.status_code == 404:
            raise NotFound()
        if answer.status_code == 401:
            raise BadSecretKey()
        answer.raise_for_status()
        return answer.json()
