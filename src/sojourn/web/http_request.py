"""One HTTP request, parsed once: headers at the start; query, cookies and body on first access."""

from collections.abc import Mapping
from typing import cast
from urllib.parse import urlsplit

from litestar.types import HTTPScope, Receive

from sojourn.errors import Malformed
from sojourn.origin import origin_of
from sojourn.web.errors import BodyTooLarge
from sojourn.web.parsing.encoded import single_fields


class HttpRequest:
    """`method` and `path` are the effective ones: after `_method`, and normalized by `made_path` (R-WEB-08).

    `max_body` is in bytes; `receive` may be omitted if the body of the request is not read.
    """

    def __init__(self, scope: HTTPScope, path: str, receive: Receive | None = None) -> None:
        self.scope = scope
        self.max_body = 0
        self.too_large: str | None = None
        self._receive = receive
        self._body: bytes | None = None
        self.sent_method: str = scope["method"]
        self.method = self.sent_method
        self.path = path
        headers: dict[bytes, bytes] = {}
        repeated: set[bytes] = set()
        size = 0
        for name, value in scope["headers"]:
            size += len(name) + len(value) + 4
            if name in headers:
                repeated.add(name)
                # HTTP/2 may split the cookie header (RFC 9113 section 8.2.3); other repeats keep the first
                if name == b"cookie":
                    headers[name] += b"; " + value
            else:
                headers[name] = value
        self._headers = headers
        self.header_size = size
        """The total size of all headers in bytes, each with its separator and line end."""
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

    @property
    def query(self) -> dict[str, str]:
        """Query parameters. Raises: Malformed if one is given twice (R-INP-06) or there are too many."""
        if self._query is None:
            self._query = single_fields(self.query_text)
        return self._query

    @property
    def query_text(self) -> bytes:
        """The raw query string."""
        return self.scope["query_string"]

    @property
    def cookies(self) -> dict[str, list[str]]:
        """Every value of every cookie, in the order sent: a name can arrive more than once."""
        if self._cookies is None:
            self._cookies = _values(self.header(b"cookie") or "")
        return self._cookies

    @property
    def referring_origin(self) -> str | None:
        """The origin of the page in `Referer`; None without the header, `null` if it is not an http(s) URL."""
        stated = self.header(b"referer")
        if stated is None:
            return None
        try:
            parts = urlsplit(stated)
        except ValueError:  # a bracket that is not part of an IPv6 address
            return "null"
        return origin_of(f"{parts.scheme}://{parts.netloc}") or "null"

    @property
    def media_type(self) -> str:
        """The content type without its parameters, in lower case; empty without the header."""
        return (self.header(b"content-type") or "").partition(";")[0].strip().lower()

    def bound_body(self, max_bytes: int, too_large: str | None = None) -> None:
        """Limit the body to `max_bytes` bytes; `too_large` is the error text.

        Raises: BodyTooLarge if Content-Length exceeds it.
        """
        self.max_body, self.too_large = max_bytes, too_large
        stated = self.header(b"content-length")
        if stated is not None and (not stated.isdecimal() or int(stated[:18]) > max_bytes):
            raise BodyTooLarge(too_large)

    async def body(self) -> bytes:
        """The whole body, read once. Raises: BodyTooLarge; Malformed if the body ends early."""
        if self._body is None:
            self._body = await self._read_body()
        return self._body

    async def _read_body(self) -> bytes:
        parts: list[bytes] = []
        size, has_more = 0, self._receive is not None
        while has_more and self._receive is not None:
            message = await self._receive()
            if message["type"] != "http.request":
                raise Malformed("The request ended early.")
            told = cast("Mapping[str, object]", message)  # servers and test clients omit empty or false members
            part = cast("bytes", told.get("body", b""))
            parts.append(part)
            size, has_more = size + len(part), bool(told.get("more_body", False))
            if size > self.max_body:
                raise BodyTooLarge(self.too_large)
        return b"".join(parts)

    @property
    def peer(self) -> str | None:
        """The address of the TCP peer, which may be a proxy."""
        client = self.scope["client"]
        return None if client is None else client[0]

    @property
    def http_version(self) -> str:
        return str(cast("Mapping[str, object]", self.scope).get("http_version", "1.1"))

    @property
    def has_socket(self) -> bool:
        """True if `peer` is the address of a socket. An address from a header, as with WSGI and Django, has no port."""
        client = self.scope["client"]
        return client is not None and client[1] != 0


def _values(line: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for pair in line.split(";"):
        name, separator, value = pair.strip().partition("=")
        if separator:
            found.setdefault(name, []).append(value.strip('"'))
    return found
