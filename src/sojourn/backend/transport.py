"""Transport of the Backend API clients: timeouts, retries, and error responses as exceptions."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import UNSET

from sojourn.errors import BadSecretKey, ConfigError, Json, NotFound, ServerUnreachable, SessionEnded, SojournError
from sojourn.origin import is_loopback
from sojourn.secret import Secret

if TYPE_CHECKING:
    import httpx

T = TypeVar("T")

KEPT_CONNECTION_SECONDS = 2.0
"""How long an idle connection is kept: shorter than any server keeps it (uvicorn: five seconds), because a POST on a
closing connection is lost."""

_REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
_PASSING = frozenset({429, 502, 503, 504})
_FIRST_PAUSE = 0.2
_MAX_PAUSE = 10.0


class BackendRefused(SojournError):
    """An error response of the server, with its code and message. `status` is the HTTP status; `trace_id` identifies the request in the server's log."""

    def __init__(
        self, status: int, code: str, message: str, advice: str, param: str | None, trace_id: str | None
    ) -> None:
        super().__init__(advice or message, param=param)
        self.status = status
        self.code = code  # pyright: ignore[reportAttributeAccessIssue]
        self.message = message  # pyright: ignore[reportAttributeAccessIssue]
        self.trace_id = trace_id


@dataclass(frozen=True, slots=True)
class BackendCall:
    """One request."""

    method: str
    path: str
    query: Mapping[str, Any] = field(default_factory=dict[str, Any])
    body: Mapping[str, Any] | None = None
    files: Mapping[str, bytes] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Server, key and retry policy of a client. `retries` is the number of repetitions, `timeout` the seconds per attempt.

    Reads, PUT and DELETE are repeated when the connection fails or the server is busy. A POST or PATCH is repeated only where
    no connection came about: the server keeps no idempotency keys, and one that was sent may have been done.
    """

    url: str
    secret_key: Secret
    timeout: float
    retries: int

    @classmethod
    def of(cls, url: str, secret_key: str, timeout: float, retries: int, *, allow_http: bool) -> "RetryPolicy":
        """Raises: ConfigError for an address that would send the key in the clear, or no key."""
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ConfigError(f"{url!r} is not a server URL such as https://auth.example.com")
        if parts.scheme == "http" and not is_loopback(parts.hostname) and not allow_http:
            raise ConfigError("http would send the secret key unencrypted: use https, or pass allow_http=True")
        if not secret_key:
            raise ConfigError("the Backend API needs a secret key; `sojourn env` prints it")
        return cls(url=url.rstrip("/"), secret_key=Secret(secret_key), timeout=timeout, retries=retries)

    @property
    def client_options(self) -> dict[str, Any]:
        import httpx

        headers = {"Authorization": f"Bearer {self.secret_key.reveal()}", "User-Agent": f"sojourn-python/{_version()}"}
        limits = httpx.Limits(keepalive_expiry=KEPT_CONNECTION_SECONDS)
        return {"base_url": self.url, "headers": headers, "follow_redirects": False, "limits": limits}

    def request(self, call: BackendCall) -> dict[str, Any]:
        """Keyword arguments for httpx. Unset parts are omitted, None is sent as null."""
        query = {name: value for name, value in call.query.items() if value is not UNSET and value is not None}
        asked: dict[str, Any] = {"method": call.method, "url": call.path, "params": query}
        if call.body is not None:
            body = {name: value for name, value in call.body.items() if value is not UNSET}
            asked |= {"content": msgspec.json.encode(body), "headers": {"Content-Type": "application/json"}}
        if call.files is not None:
            asked["files"] = {name: (name, content) for name, content in call.files.items()}
        return asked

    def pause_after(self, call: BackendCall, tries: int, failed: "httpx.HTTPError | httpx.Response") -> float | None:
        """Seconds until the call is repeated; None when it is not."""
        import httpx

        if tries > self.retries:
            return None
        stated = None
        if isinstance(failed, httpx.Response):
            if failed.status_code not in _PASSING or (call.method not in _REPEATABLE and failed.status_code != 429):
                return None
            stated = _seconds(failed.headers.get("retry-after"))
        elif call.method not in _REPEATABLE and not isinstance(failed, httpx.ConnectError | httpx.ConnectTimeout):
            return None
        pause = stated if stated is not None else _FIRST_PAUSE * 2 ** (tries - 1) * random.uniform(0.5, 1.0)  # noqa: S311
        return pause if pause <= _MAX_PAUSE else None


def answered(answer: "httpx.Response", kind: type[T]) -> T:
    """Raises: NotFound, BadSecretKey, SessionEnded, ServerUnreachable, BackendRefused."""
    if answer.is_success:
        return msgspec.convert(msgspec.json.decode(answer.content or b"{}"), kind)
    raise refused(answer)


def refused(answer: "httpx.Response") -> SojournError:
    """The server's refusal as an error."""
    envelope = _envelope(answer)
    code, message, advice = (str(envelope[0].get(name) or "") for name in ("code", "message", "long_message"))
    if code == SessionEnded.code:
        return SessionEnded(advice)
    if answer.status_code == 401:
        return BadSecretKey(advice or None)
    if answer.status_code == 404:
        return NotFound(advice or None)
    if answer.status_code >= 500:
        return ServerUnreachable(advice or None)
    meta: dict[str, Any] = envelope[0].get("meta") or {}
    param = meta.get("param_name")
    words = advice or f"The server refused with status {answer.status_code}."
    return BackendRefused(answer.status_code, code or "unknown", message, words, param, envelope[1])


def _envelope(answer: "httpx.Response") -> tuple[dict[str, Any], str | None]:
    try:
        found: dict[str, Any] = answer.json()
        return found["errors"][0], found.get("clerk_trace_id")
    except (ValueError, LookupError, TypeError):
        return {}, None


def _seconds(text: str | None) -> float | None:
    return float(text) if text is not None and text.isdecimal() else None


def _version() -> str:
    try:
        return version("sojourn")
    except PackageNotFoundError:
        return "0"


Given = Mapping[str, Json]
