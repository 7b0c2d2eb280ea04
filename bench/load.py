"""Load over loopback: prepared requests on kept connections, each sent when the last answer on it is whole.

One thread and `select`'s epoll, no HTTP library: a client that costs more than the server it measures would hide it.
"""

import selectors
import socket
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from time import perf_counter, sleep

_OK = b"HTTP/1.1 200"
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass(slots=True)
class Connection:
    """`sent_at` of the request on its way; `wanted` bytes of its answer, 0 while its head is not whole."""

    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""
    wanted: int = 0


@dataclass(frozen=True, slots=True)
class Measured:
    """Answers a second, and how long each took, in seconds."""

    rate: float
    took: Sequence[float]

    def percentile(self, part: float) -> float:
        ordered = sorted(self.took)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def get(path: str, port: int, **headers: str) -> bytes:
    return _request("GET", path, port, headers, "")


def post(path: str, port: int, body: str = "", **headers: str) -> bytes:
    form = {"Content-Type": "application/x-www-form-urlencoded", "Content-Length": str(len(body))}
    return _request("POST", path, port, form | headers, body)


def _request(method: str, path: str, port: int, headers: dict[str, str], body: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: localhost:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def drive(port: int, requests: Sequence[bytes], *, seconds: float, at_once: int = 16, holding: bytes = b"") -> Measured:
    """Send `requests` in order, over and over, until `seconds` are over and at least one is answered.

    Raises: AssertionError on the first answer that is no 200, or lacks `holding`.
    """
    turns: Iterator[bytes] = cycle(requests)
    took: list[float] = []
    with selectors.DefaultSelector() as selector:
        connections = [_connect(port) for _ in range(at_once)]
        began = perf_counter()
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            _send(connection, next(turns))
        deadline = began + seconds
        while (now := perf_counter()) < deadline or not took:
            for key, _ in selector.select(timeout=1):
                connection: Connection = key.data
                if not _whole(connection, holding):
                    continue
                took.append(perf_counter() - connection.sent_at)
                _send(connection, next(turns))
        for connection in connections:
            connection.socket.close()
    return Measured(len(took) / (now - began), took)


def pace(port: int, requests: Sequence[bytes], *, a_second: int) -> list[float]:
    """Send each request once, so many a second, on one kept connection; how long each took, in seconds."""
    took: list[float] = []
    connection = _connect(port)
    for request in requests:
        _send(connection, request)
        while not _whole(connection, b""):
            pass
        took.append(perf_counter() - connection.sent_at)
        sleep(max(0.0, 1 / a_second - took[-1]))
    connection.socket.close()
    return took


def _connect(port: int) -> Connection:
    opened = socket.create_connection(("127.0.0.1", port), timeout=30)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Connection(opened)


def _send(connection: Connection, request: bytes) -> None:
    connection.sent_at = perf_counter()
    connection.socket.sendall(request)


def _whole(connection: Connection, holding: bytes) -> bool:
    """Take what has come; whether the answer is complete."""
    part = connection.socket.recv(262_144)
    assert part, "the server closed the connection"
    connection.received = connection.received + part if connection.received else part
    if not connection.wanted:
        end = connection.received.find(_HEAD_END)
        if end < 0:
            return False
        assert connection.received.startswith(_OK), connection.received[:2000]
        head = connection.received[:end].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        connection.wanted = end + len(_HEAD_END) + int(head[at:].split(b"\r\n", 1)[0])
    if len(connection.received) < connection.wanted:
        return False
    assert holding in connection.received, connection.received[:2000]
    connection.received, connection.wanted = b"", 0
    return True
