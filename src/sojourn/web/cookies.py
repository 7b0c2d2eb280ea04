"""Cookies of the Frontend API (R-CKI-01 to R-CKI-07)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import Malformed
from sojourn.instances.cookie_domain import cookie_domain
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.secret import Secret
from sojourn.sessions.client import ClientView
from sojourn.tokens.handshake import cookie_suffix

_MAX_VALUE = 512
_MAX_AGE = 400 * 86400
_YEAR = 365 * 86400
_TRIED = 4

PLAIN = "__client"
PREFIXED = "__Host-__client"
DEVICE = "__device"
CONSOLE = "__console"
CONSOLE_DEVICE = "__console_device"


def client_last(lines: Sequence[str]) -> list[str]:
    """Sort the Set-Cookie values, the client cookie last, because the proxies in published SDKs pass on only the last
    one.
    """
    return sorted(lines, key=lambda line: line.partition("=")[0] in (PLAIN, PREFIXED))


@dataclass(frozen=True, slots=True)
class CookieRules:
    """The cookies of one public URL. `domain`, if configured, is shared by this server and the apps. `suffix` separates
    the client cookies of development servers, because all ports of a host share cookies (R-CKI-05). The console has
    names of its own, and sets none that an app's server or script reads (R-ADM-03).
    """

    secure: bool
    domain: str = ""
    suffix: str = ""
    of_console: bool = False

    @property
    def client_names(self) -> tuple[str, ...]:
        """The safest name first. Only plain http, which is development on loopback, uses no prefix (R-CKI-01)."""
        if self.of_console:
            return (f"__Host-{CONSOLE}" if self.secure else f"{CONSOLE}_{self.suffix}",)
        if self.secure:
            return (PREFIXED,)
        return (f"{PLAIN}_{self.suffix}", PLAIN) if self.suffix else (PLAIN,)

    @property
    def device_name(self) -> str:
        name = CONSOLE_DEVICE if self.of_console else DEVICE
        return f"__Host-{name}" if self.secure else f"{name}_{self.suffix}" if self.suffix else name

    def domain_of(self, instance: Instance) -> str:
        return cookie_domain(instance, self.domain)

    def presented(self, cookies: Mapping[str, Sequence[str]]) -> list[Secret]:
        """The client secrets of a request, to be tried in order. A prefixed cookie is unique, so two of them mean an
        attack or a broken proxy. A plain one can also be set by another application on this host, so each is tried
        (R-CKI-05, R-ID-06). Raises: DoubledCookie.
        """
        values = [value for name in self.client_names for value in cookies.get(name, ())]
        if self.secure and len(values) > 1:
            raise DoubledCookie()
        if len(values) > 1:
            values = list(dict.fromkeys(values))
        return [Secret(value) for value in values[:_TRIED] if 0 < len(value) <= _MAX_VALUE]

    def presented_mark(self, cookies: Mapping[str, Sequence[str]]) -> Secret | None:
        """The mark of a known device; two marks are both ignored."""
        values = cookies.get(self.device_name, ())
        return Secret(values[0]) if len(values) == 1 and 0 < len(values[0]) <= _MAX_VALUE else None

    def device(self, mark: Secret) -> str:
        """The device cookie, which survives the client cookie and grants no access (R-LIM-03)."""
        return self._cookie(self.device_name, mark.reveal(), _YEAR, http_only=True)

    def client(self, secret: Secret, view: ClientView, now: Instant) -> list[str]:
        """The client cookie, which lasts as long as the longest session, or without one as long as the client
        (R-CKI-04).
        """
        ends = max((session.expire_at for session in view.sessions), default=view.client.expire_at)
        age = max(1, min(_MAX_AGE, int(ends.since(now).total_seconds())))
        return [self._cookie(name, secret.reveal(), age, http_only=True) for name in self.client_names]

    def client_gone(self) -> list[str]:
        return [self._cookie(name, "", 0, http_only=True) for name in self.client_names]

    def signed_in_at(self, instance: Instance, value: int) -> list[str]:
        """`__client_uat` and its twin: when the client last signed in, in seconds, 0 for signed out.

        In development the browser SDK writes them itself, for the app's own host.
        """
        if instance.is_development or self.of_console:
            return []
        return [
            self._cookie(name, str(value), _MAX_AGE, http_only=False, domain=self.domain_of(instance))
            for name in both_names("__client_uat", instance)
        ]

    def sessions_gone(self, instance: Instance) -> list[str]:
        """Expire the session cookies, in case the browser SDK that should do it no longer runs (R-CKI-06)."""
        names = () if self.of_console else both_names("__session", instance)
        return [self._cookie(name, "", 0, http_only=False) for name in names]

    def dev_browser(self, instance: Instance, token: Secret) -> list[str]:
        """The development browser cookies, under both names that apps' scripts and servers read."""
        names = () if self.of_console else both_names("__clerk_db_jwt", instance)
        return [self._cookie(name, token.reveal(), _YEAR, http_only=False) for name in names]

    def handshake(self, instance: Instance, name: str, value: str, max_age: int) -> str:
        """The cookie with a handshake's result, which the app's server reads and scripts cannot."""
        return self._cookie(name, value, max_age, http_only=True, domain=self.domain_of(instance))

    def handshake_gone(self, instance: Instance, name: str) -> str:
        return self._cookie(name, "", 0, http_only=True, domain=self.domain_of(instance))

    def _cookie(self, name: str, value: str, max_age: int, *, http_only: bool, domain: str = "") -> str:
        parts = [f"{name}={value}", "Path=/", f"Max-Age={max_age}"]
        if domain:
            parts.append(f"Domain={domain}")
        parts.append("SameSite=Lax")
        if self.secure:
            parts.append("Secure")
        if http_only:
            parts.append("HttpOnly")
        return "; ".join(parts)


class DoubledCookie(Malformed):
    """Two cookies of a name that must be unique: both are ignored and expired."""

    advice = "This browser sent its sign-in cookie twice. Reload the page."


def both_names(name: str, instance: Instance) -> tuple[str, str]:
    """A cookie's plain name, and its name with the suffix of the instance's key; both are always set together."""
    return name, f"{name}_{cookie_suffix(instance.publishable_key)}"


def signed_in_value(view: ClientView | None) -> int:
    """The value of `__client_uat`: seconds, never later than the `iat` of a token minted now."""
    if view is None or not view.sessions:
        return 0
    return view.client.signed_in_changed_at.seconds
