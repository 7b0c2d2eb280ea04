"""A server that answers with a key set, or misbehaves as told."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from sojourn.tokens.signing_keys import SigningKey, SigningKeySet

from .keys import NOW


@dataclass
class KeyServer:
    """`held` makes every answer wait until it is let go."""

    url: str = ""
    body: bytes = b""
    status: int = 200
    requests: list[str | None] = field(default_factory=list[str | None])
    held: threading.Event = field(default_factory=threading.Event)

    def shows(self, *keys: SigningKey) -> None:
        self.body, self.status = msgspec.json.encode(SigningKeySet(keys).jwks(NOW)), 200


@contextmanager
def key_server(*keys: SigningKey) -> Iterator[KeyServer]:
    """Serves at a free port of the loopback address."""
    server = KeyServer()
    server.held.set()
    server.shows(*keys)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.requests.append(self.headers.get("Authorization"))
            server.held.wait(20)
            self.send_response(server.status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", str(len(server.body)))
            self.end_headers()
            self.wfile.write(server.body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{listening.server_address[1]}/.well-known/jwks.json"
    try:
        yield server
    finally:
        server.held.set()
        listening.shutdown()
        listening.server_close()
        thread.join()
