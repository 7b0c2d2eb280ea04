"""Facts that an app requests from its server once: the URL for browsers, if it differs, and if the keys match."""

import logging
import threading
from urllib.parse import urlsplit

import msgspec

from sojourn.errors import ConfigError
from sojourn.instant import Clock
from sojourn.integrations.app_keys import REFUSED, difference, host_in
from sojourn.origin import host_of, is_loopback, name_of, origin_of
from sojourn.secret import Secret

_DEADLINE = 3.0
_PAUSE_SECONDS = 5
_MADE_UP = "sojourn."
"""The prefix of the host in publishable keys of servers whose name has no dot."""

_log = logging.getLogger("sojourn.integrations")


class _Settings(msgspec.Struct):
    public_url: str = ""
    publishable_key: str = ""


class OuterAddress:
    """`known` is the public address if it is known, and `trouble` describes a problem with the app's keys for its operator.

    Threads may share one object; only `ask` blocks.
    """

    def __init__(self, url: str, publishable_key: str, secret_key: Secret, public_url: str, clock: Clock) -> None:
        """`public_url` is the app's own setting, or empty. Raises: ConfigError if it is not a URL."""
        if public_url and origin_of(public_url) is None:
            raise ConfigError(f"{public_url!r} is not a URL for browsers, such as https://auth.example.com")
        self._url = url
        self._publishable_key = publishable_key
        self._is_said = bool(public_url)
        self._secret_key = secret_key
        self._seconds = clock.seconds
        self._not_before = 0.0
        self._is_sure = not secret_key.reveal()
        self._asking = threading.Lock()
        self.trouble = ""
        self.known = public_url.rstrip("/") or _of_key(url, publishable_key)

    def begin_anew(self) -> None:
        """Reset after a fork: a lock held in the parent is never released in the child."""
        self._asking = threading.Lock()

    @property
    def is_to_be_asked(self) -> bool:
        """True if the server's answer is missing or rejects the keys, and the last request was long enough ago."""
        return not self._is_sure and self._seconds() >= self._not_before

    def ask(self) -> bool:
        """Ask the server, at most every 5 seconds while it fails or rejects the keys; return True if anything changed."""
        with self._asking:
            if not self.is_to_be_asked:
                return False
            self._not_before = self._seconds() + _PAUSE_SECONDS
            answer = self._answer()
            if answer is None:
                return False
            said, refused = answer
            before = (self.known, self.trouble)
            if not self._is_said and origin_of(said.public_url) is not None:
                self.known = said.public_url
            self.trouble = refused or difference(self._publishable_key, said.publishable_key)
            self._is_sure = not self.trouble
            if self.trouble and self.trouble != before[1]:
                _log.error("keys.wrong url=%s: %s", self._url, self.trouble)
            return (self.known, self.trouble) != before

    def _answer(self) -> tuple[_Settings, str] | None:
        """The server's facts, each of which may be missing, and the reason of a denial. None if the server does not
        respond or limits the rate. An older server without this path (404) gives no facts.
        """
        import httpx  # imported here, because few processes need it

        bearer = {"Authorization": f"Bearer {self._secret_key.reveal()}"}
        try:
            answer = httpx.get(f"{self._url}/v1/sojourn/settings", headers=bearer, timeout=_DEADLINE)
            said = msgspec.json.decode(answer.content, type=_Settings) if answer.is_success else _Settings()
        except (httpx.HTTPError, httpx.InvalidURL, msgspec.MsgspecError):
            return None
        if not answer.is_success and answer.status_code not in (401, 404):
            return None
        return said, REFUSED if answer.status_code == 401 else ""


def _of_key(url: str, publishable_key: str) -> str:
    """`url` if the publishable key names its host, otherwise the same path at the key's host."""
    parts = urlsplit(url)
    named = host_in(publishable_key, parts.scheme)
    own = host_of(parts.netloc, parts.scheme)
    if named is None or named == own or named == f"{_MADE_UP}{own}":
        return url
    shown = named.removeprefix(_MADE_UP)
    named = shown if is_loopback(name_of(shown)) else named
    scheme = parts.scheme if publishable_key.startswith("pk_test_") else "https"
    return url if named == own else f"{scheme}://{named}{parts.path}"
