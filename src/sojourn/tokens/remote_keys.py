"""Public keys of a remote server: rarely fetched, shared by all callers, kept during an outage (R-JWT-09)."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime

import msgspec

from sojourn.errors import ConfigError, TokenRefused
from sojourn.forking import watch
from sojourn.instant import Clock, Instant, SystemClock
from sojourn.secret import Secret
from sojourn.tokens.claims import Claims
from sojourn.tokens.jws import VerificationKey, log
from sojourn.tokens.key_sets import KeySet
from sojourn.tokens.session_token import Verifier

DEADLINE = 3.0
"""Timeout of a fetch in seconds."""

_PAUSE = timedelta(seconds=60)
_FIRST_PAUSE = timedelta(
    seconds=5
)  # until the first set arrives every request is unauthenticated, so an app may start before the server
_FRESH = timedelta(minutes=5)
_USABLE = timedelta(hours=1)
_MAX_BYTES = 256 * 1024


class RemoteKeys:
    """The key set at one fixed URL. At most one fetch per 60 seconds, shared by all waiting callers; a set that could
    not be renewed is used for an hour. `RemoteKeys.at` returns the process's only object for a URL.
    """

    def __init__(self, url: str, *, secret_key: Secret | None = None, clock: Clock | None = None) -> None:
        """`secret_key` is sent as a bearer token, which the Backend API's `/v1/jwks` requires. Raises: ConfigError."""
        if not url.startswith(("https://", "http://")):
            raise ConfigError(
                f"{url!r} is no address of a key set, such as https://auth.example.com/.well-known/jwks.json"
            )
        self.url = url
        self._secret_key = secret_key
        clock = clock or SystemClock()
        self._now, self._seconds = clock.now, clock.seconds
        self._lock = threading.Lock()
        self._keys: KeySet | None = None
        self._fetched_at = Instant(0)
        self.stale_at = 0.0  # seconds since 1970; read before every request
        self._not_before = Instant(0)
        self._flight: Future[None] | None = None
        self._listeners: list[Callable[[], None]] = []
        watch(self)

    @classmethod
    def at(cls, url: str, *, secret_key: Secret | None = None) -> "RemoteKeys":
        """The process's keys of a URL, so that middleware and dependencies share one fetch."""
        return _shared.setdefault(url, cls(url, secret_key=secret_key))

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call `listener` whenever the set has changed, because tokens verified with the old set no longer count."""
        self._listeners.append(listener)

    def find(self, kid: str, /) -> VerificationKey | None:
        """The key from the last fetched set, without a network request.

        Raises: TokenRefused if there is no usable set.
        """
        keys = self._keys
        if keys is None or self._age() >= _USABLE:
            raise TokenRefused("jwk-remote-failed-to-load", "The signing keys could not be fetched. Try again shortly.")
        return keys.find(kid)

    @property
    def is_fresh(self) -> bool:
        return self._seconds() < self.stale_at

    def begin_anew(self) -> None:
        """Reset the state in a forked process: a fetch of the parent does not continue here."""
        self._lock = threading.Lock()
        self._flight = None
        self._not_before = Instant(0)

    def start(self) -> Future[None] | None:
        """Begin a fetch or join the pending one, without waiting; None if it is too soon for another."""
        with self._lock:
            now = self._now()
            if now < self._not_before:
                return self._flight
            self._not_before = now + (_PAUSE if self._keys is not None else _FIRST_PAUSE)
            flight = self._flight = Future[None]()
        threading.Thread(target=self._fly, args=(flight,), name="sojourn-jwks", daemon=True).start()
        return flight

    def refresh(self) -> None:
        """Fetch unless it is too soon, and wait at most 3 seconds.

        Never raises; after a failure the old set is kept.
        """
        flight = self.start()
        if flight is not None:
            with suppress(TimeoutError):
                flight.result(DEADLINE)

    async def refresh_async(self) -> None:
        """The same, while other tasks go on."""
        flight = self.start()
        if flight is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(flight)), DEADLINE)

    def _age(self) -> timedelta:
        return self._now().since(self._fetched_at)

    def _fly(self, flight: Future[None]) -> None:
        try:
            self._take(_fetch(self.url, self._secret_key))
        except (ValueError, OSError, msgspec.DecodeError) as error:
            log.warning("jwks.fetch_failed url=%s error=%s", self.url, error)
        finally:
            with self._lock:
                if self._flight is flight:
                    self._flight = None
            flight.set_result(None)

    def _take(self, body: bytes) -> None:
        fetched = KeySet.from_jwks(msgspec.json.decode(body, type=dict[str, object]))  # pyright: ignore[reportArgumentType]
        if not fetched.keys:
            raise ValueError("the key set is empty")
        with self._lock:
            changed = self._keys is not None and self._keys.named() != fetched.named()
            self._keys, self._fetched_at = fetched, self._now()
            self._not_before = self._fetched_at + _PAUSE
            self.stale_at = (self._fetched_at + _FRESH).millis / 1000
        if changed:
            for listener in self._listeners:
                listener()


class RemoteVerifier:
    """Verifies with keys fetched from a server; after the first fetch, only an unknown key ID blocks."""

    def __init__(self, keys: RemoteKeys, verifier: Verifier) -> None:
        """`verifier` must use `keys.find`: `RemoteVerifier(keys, Verifier(keys.find, authorized_parties=[...]))`."""
        self._keys = keys
        self._verifier = verifier
        keys.on_change(verifier.clear_cache)

    def verify(self, token: str) -> Claims:
        """As `Verifier.verify`, but fetches keys if that may help, waiting at most 3 seconds. Raises: TokenRefused."""
        self._renew()
        try:
            return self._verifier.verify(token)
        except TokenRefused as refused:
            if refused.reason not in _FETCH_MAY_HELP:
                raise
        self._keys.refresh()
        return self._verifier.verify(token)

    async def verify_async(self, token: str) -> Claims:
        """The same, while other tasks go on."""
        self._renew()
        try:
            return self._verifier.verify(token)
        except TokenRefused as refused:
            if refused.reason not in _FETCH_MAY_HELP:
                raise
        await self._keys.refresh_async()
        return self._verifier.verify(token)

    def _renew(self) -> None:
        """Fetch keys older than 5 minutes again in the background, so that a removed key is noticed."""
        if not self._keys.is_fresh:
            self._keys.start()


_FETCH_MAY_HELP = ("jwk-kid-mismatch", "jwk-remote-failed-to-load")
_CLOCK_MAY_DIFFER = 5
"""The clock skew in seconds that verifiers allow (R-JWT-06)."""

_shared: dict[str, RemoteKeys] = {}


def _fetch(url: str, secret_key: Secret | None) -> bytes:
    """The body at `url`; redirects are not followed. Raises: ValueError, TimeoutError."""
    import httpx  # imported here, because few processes need it

    headers = {"Accept": "application/json"}
    if secret_key is not None:
        headers["Authorization"] = f"Bearer {secret_key.reveal()}"
    end = time.monotonic() + DEADLINE
    body = b""
    try:
        with httpx.stream("GET", url, headers=headers, timeout=DEADLINE) as answer:
            if answer.status_code != 200:
                raise ValueError(f"the key set's address answered {answer.status_code}")
            if "age" not in answer.headers:  # a cached copy has an old Date
                _note_clock(answer.headers.get("date", ""), time.time())
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > _MAX_BYTES:
                    raise ValueError("the key set is longer than 256 KiB")
                if time.monotonic() > end:
                    raise TimeoutError("the key set came too slowly")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise ValueError(f"the key set's address does not answer: {type(error).__name__}") from error
    return body


def clock_off(date: str, now: float) -> int:
    """Seconds by which this machine's clock is ahead of a response's Date header (RFC 9110 6.6.1); 0 if it is missing
    or invalid.
    """
    try:
        return round(now - parsedate_to_datetime(date).timestamp())
    except (ValueError, OverflowError):
        return 0


def _note_clock(date: str, now: float) -> None:
    off = clock_off(date, now)
    if abs(off) > _CLOCK_MAY_DIFFER:
        log.warning("clock.off seconds=%d: this computer's clock is off by %d s, tokens will be refused", off, abs(off))
