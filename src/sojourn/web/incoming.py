"""One HTTP request as the guard reads it: headers once, everything else when asked for."""

from collections.abc import Mapping
from typing import cast
from urllib.parse import parse_qsl

from litestar.types import HTTPScope

from sojourn.errors import Malformed

_QUERY_FIELDS = 100


class Incoming:
    """`method` and `path` are what the request means: after `_method`, and as `made_path` made it (R-WEB-08)."""

    def __init__(self, scope: HTTPScope, path: str) -> None:
        self.scope = scope
        self.sent_method: str = scope["method"]
        self.method = self.sent_method
        self.path = path
        headers: dict[bytes, bytes] = {}
        repeated: set[bytes] = set()
        for name, value in scope["headers"]:
            if name in headers:
                repeated.add(name)
                # HTTP/2 may split the cookie header (RFC 9113 section 8.2.3); other repeats keep the first
                if name == b"cookie":
                    headers[name] += b"; " + value
            else:
                headers[name] = value
        self._headers = headers
        self._query: dict[str, str] | None = None
        self._cookies: dict[str, list[str]] | None = None
        self.repeated = repeated

    def header(self, name: bytes) -> str | None:
        """A header's value by its lower-case name."""
        value = self._headers.get(name)
        return None if value is None else value.decode("latin-1")

    def headers_of(self, name: bytes) -> list[str]:
        """Every value of a header, in order."""
        return [value.decode("latin-1") for key, value in self.scope["headers"] if key == name]

    def header_size(self) -> int:
        return sum(len(name) + len(value) + 4 for name, value in self.scope["headers"])

    @property
    def query(self) -> dict[str, str]:
        """Query parameters. Raises: Malformed when one is given twice (R-INP-06) or there are too many."""
        if self._query is None:
            self._query = single_fields(self.scope["query_string"])
        return self._query

    @property
    def cookies(self) -> dict[str, list[str]]:
        """Every value of every cookie, in the order sent: a name can arrive more than once."""
        if self._cookies is None:
            self._cookies = _values(self.header(b"cookie") or "")
        return self._cookies

    @property
    def peer(self) -> str | None:
        """The address of the TCP peer, which a proxy may be."""
        client = self.scope["client"]
        return None if client is None else client[0]

    @property
    def http_version(self) -> str:
        return str(cast("Mapping[str, object]", self.scope).get("http_version", "1.1"))

    @property
    def has_socket(self) -> bool:
        """Whether `peer` is of a socket. What was taken from a header has no port, as what comes by way of WSGI and Django."""
        client = self.scope["client"]
        return client is not None and client[1] != 0


def _values(line: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in line.split(";"):
        name, separator, value = pair.strip().partition("=")
        if separator:
            found.setdefault(name, []).append(value.strip('"'))
    return found


def single_fields(text: bytes) -> dict[str, str]:
    """URL-encoded fields, each at most once. Raises: Malformed."""
    if not text:
        return {}
    try:
        pairs = parse_qsl(
            text.decode("ascii"),
            keep_blank_values=True,
            encoding="utf-8",
            errors="strict",
            max_num_fields=_QUERY_FIELDS,
        )
    except (UnicodeDecodeError, ValueError) as error:
        raise Malformed() from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise Malformed("A field is given more than once.")
    return fields
