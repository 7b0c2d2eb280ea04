"""The response that is being sent, with the common headers of its kind."""

from litestar.types import Message, Send

from sojourn.web.cookies import client_last
from sojourn.web.headers import JSON, PRIVATE, Headers, completed
from sojourn.web.request_context import RequestContext


class Answer:
    """The response being sent; adds the common headers of its kind."""

    def __init__(self, send: Send, common: Headers, api: Headers, *, is_head: bool) -> None:
        self._send = send
        self._is_head = is_head
        self._common = common
        self._api = api
        self.started = False
        self.extra: Headers = []
        self.cookies: list[str] = []
        self.context: RequestContext | None = None

    async def whole(self, status: int, body: bytes, headers: Headers) -> None:
        """Send a complete API response."""
        self.started = True
        sized = (b"content-length", str(len(body)).encode())
        dressed = [*headers, *self._api, *self.extra, *self._cookie_headers(), sized]
        await self._send({"type": "http.response.start", "status": status, "headers": dressed})
        sent = b"" if self._is_head else body
        await self._send({"type": "http.response.body", "body": sent, "more_body": False})

    async def page(self, status: int, html: bytes, headers: Headers) -> None:
        """Send a complete page."""
        typed = (b"content-type", b"text/html; charset=utf-8")
        sized = (b"content-length", str(len(html)).encode())
        await self.send({"type": "http.response.start", "status": status, "headers": [typed, sized, *headers]})
        await self.send({"type": "http.response.body", "body": html, "more_body": False})

    async def passed_on(self, message: Message) -> None:
        """Send a message of another application, which has dressed its response itself."""
        self.started = True
        await self._send(message)

    async def send(self, message: Message) -> None:
        """Pass on a handler's messages. JSON gets the API's headers; pages and scripts set their own in addition."""
        if message["type"] == "http.response.start":
            self.started = True
            given = list(message["headers"])
            is_json = any(name.lower() == b"content-type" and value.startswith(JSON[1]) for name, value in given)
            kind = self._api if is_json else self._common
            if self.cookies and not is_json:
                kind = [*PRIVATE, *kind]
            dressed = [*completed(given, [*kind, *self.extra]), *self._cookie_headers()]
            message = {"type": "http.response.start", "status": message["status"], "headers": dressed}
        elif self._is_head and message["type"] == "http.response.body":
            message = {"type": "http.response.body", "body": b"", "more_body": message["more_body"]}
        await self._send(message)

    def _cookie_headers(self) -> Headers:
        if not self.cookies:
            return []
        return [(b"set-cookie", cookie.encode("latin-1")) for cookie in client_last(self.cookies)]
