"""The head of an app's request for the authenticator: headers, cookies and URL, decoded on first access."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote, urlsplit, urlunsplit

from sojourn.tokens.bearer import is_attempt

_PLAIN_HOST = re.compile(r"[A-Za-z0-9._:-]{1,255}")


class RequestHead:
    """Header names are lower case. Values are decoded on first access, because this runs before every request. `url` is
    absolute, as the app's framework sees it; all values of a doubled cookie are kept.
    """

    __slots__ = ("_cookies", "_headers", "_url", "method")

    def __init__(self, method: str, headers: Iterable[tuple[bytes, bytes]], url: Callable[[str], str]) -> None:
        """`url` builds the URL from the Host header, or `localhost` without one."""
        self.method = method
        self._headers = headers
        self._url = url
        self._cookies: Mapping[str, Sequence[str]] | None = None

    def at(self, url: Callable[[str], str]) -> "RequestHead":
        """The same request with the URL that the framework determined."""
        return RequestHead(self.method, self._headers, url)

    def values(self, name: bytes) -> list[str]:
        return [value.decode("latin-1") for key, value in self._headers if key == name]

    def header(self, name: bytes) -> str:
        return next(iter(self.values(name)), "")

    @property
    def url(self) -> str:
        return self._url(_addressable(self.header(b"host") or "localhost"))

    @property
    def cookies(self) -> Mapping[str, Sequence[str]]:
        if self._cookies is None:
            cookies: dict[str, list[str]] = {}
            for line in self.values(b"cookie"):
                for pair in line.split(";"):
                    name, equals, value = pair.strip().partition("=")
                    if equals:
                        cookies.setdefault(name, []).append(value)
            self._cookies = cookies
        return self._cookies

    @property
    def is_page(self) -> bool:
        """True if this is a browser navigation, which can be redirected."""
        return self.method == "GET" and self.is_navigation

    @property
    def is_navigation(self) -> bool:
        """True if a person reads the response: a page, or the result of a form."""
        if is_attempt(self.values(b"authorization")):
            return False
        destination = self.header(b"sec-fetch-dest")
        return destination in ("document", "iframe") if destination else "text/html" in self.header(b"accept")


def _addressable(host: str) -> str:
    """The Host header if it is valid in a URL, otherwise the reserved name `invalid` (RFC 2606 section 2)."""
    if _PLAIN_HOST.fullmatch(host):
        return host
    try:
        urlsplit(f"//{host}")
    except ValueError:  # a bracket that is not part of an IPv6 address
        return "invalid"
    return host


def in_address(url: str, name: str) -> str:
    """The first value of a query parameter, decoded; empty if it is missing."""
    found = (parameter for parameter in urlsplit(url).query.split("&") if parameter.partition("=")[0] == name)
    return unquote(next(found, "").partition("=")[2])


def without(url: str, *names: str) -> str:
    """`url` without these query parameters; the others are kept as written."""
    parts = urlsplit(url)
    kept = [parameter for parameter in parts.query.split("&") if parameter.partition("=")[0] not in names]
    return urlunsplit(parts._replace(query="&".join(kept)))
