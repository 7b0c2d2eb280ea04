"""Authorized parties: the origins whose tokens an app accepts, compared with the `azp` claim (R-JWT-07). If the app
lists them, only those count. Otherwise they are the origins that the server accepts: the instance's `allowed_origins`,
its own URL, and in development any loopback origin. A remote server is asked about an origin when a valid token first
names it.
"""

import threading
from collections.abc import Callable, Collection

from sojourn.errors import ConfigError
from sojourn.instant import Clock
from sojourn.origin import is_loopback_origin, origin_alone, origin_of

_DEADLINE = 3.0
_KNOWN_SECONDS = 600
_REFUSED_SECONDS = 60
_PAUSE_SECONDS = 5
_MAX_KEPT = 256


def named_parties(given: Collection[str]) -> tuple[str, ...]:
    """The normalized origins of a list. Raises: ConfigError for an invalid origin."""
    listed = [given] if isinstance(given, str) else given
    return tuple(_origin(party) for party in listed)


def _origin(text: str) -> str:
    parsed = origin_alone(text.strip())
    if parsed is None:
        raise ConfigError(
            f"authorized_parties holds {text!r}, which is not an origin. Write it as https://app.example.com"
        )
    return parsed


class RemoteParties:
    """Cached answers of a remote server about origins. Thread-safe; only `ask` blocks."""

    def __init__(self, frontend: str, allows: Callable[[str], bool], clock: Clock, *, is_development: bool) -> None:
        """`allows` asks the server about one origin. Raises: OSError if the server is unreachable."""
        self._own = origin_of(frontend)
        self._allows = allows
        self._seconds = clock.seconds
        self._is_development = is_development
        self._known: dict[str, tuple[bool, float]] = {}
        self._wanted: set[str] = set()
        self._asking = threading.Lock()

    def is_party(self, origin: str) -> bool:
        """Decide from cached answers. An unknown origin is rejected, and the next `ask` asks about it."""
        if origin == self._own or (self._is_development and is_loopback_origin(origin)):
            return True
        known = self._known.get(origin)
        if known is not None and self._seconds() - known[1] < (_KNOWN_SECONDS if known[0] else _REFUSED_SECONDS):
            return known[0]
        if len(self._wanted) < _MAX_KEPT:
            self._wanted.add(origin)
        return False

    def begin_anew(self) -> None:
        """Reset after a fork: a lock held in the parent is never released in the child."""
        self._asking = threading.Lock()

    @property
    def has_questions(self) -> bool:
        return bool(self._wanted)

    def ask(self) -> None:
        """Ask about unknown origins. If the server is unreachable, earlier answers are kept."""
        with self._asking:
            while self._wanted:
                origin = self._wanted.pop()
                known, now = self._known.get(origin), self._seconds()
                try:
                    answer = (self._allows(origin), now)
                except OSError:
                    was_allowed = known is not None and known[0]
                    answer = (was_allowed, now if was_allowed else now - _REFUSED_SECONDS + _PAUSE_SECONDS)
                if len(self._known) >= _MAX_KEPT:
                    self._known.clear()
                self._known[origin] = answer


def asks_cors(url: str) -> Callable[[str], bool]:
    """Ask a server about an origin by CORS, as browsers do: may a page there read responses of the Frontend API?"""

    def allows(origin: str) -> bool:
        import httpx  # imported here, because few processes need it

        try:
            answer = httpx.get(f"{url}/v1/environment", headers={"Origin": origin}, timeout=_DEADLINE)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OSError(f"the server is unreachable: {type(error).__name__}") from error
        if answer.status_code == 429 or answer.status_code >= 500 or answer.is_redirect:
            raise OSError(f"the server answers {answer.status_code}")  # which says nothing about the origin
        return answer.headers.get("access-control-allow-origin") == origin

    return allows
