"""What is asked again, how often, and what never is: counted at a server that fails as told."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from sojourn.backend import AsyncBackend, Backend, BackendRefused
from sojourn.errors import ServerUnreachable


class Failing:
    """Answers with the statuses it is given, in turn, then with 200; counts what reached it."""

    def __init__(self) -> None:
        self.statuses: list[int] = []
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                self.rfile.read(int(self.headers.get("content-length") or 0))
                outer.asked.append(self.command)
                status = outer.statuses.pop(0) if outer.statuses else 200
                if status == 0:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(status)
                for name, value in outer.headers.items():
                    self.send_header(name, value)
                body = b'{"total_count": 7, "id": "user_1"}' if status == 200 else b"{}"
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PATCH = do_DELETE = _answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def failing() -> Iterator[Failing]:
    server = Failing()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.mark.parametrize("status", [0, 429, 502, 503, 504])
def test_a_read_is_asked_again_until_it_is_answered(failing: Failing, status: int) -> None:
    failing.statuses = [status, status]
    with Backend(failing.url, "sk_test_x") as backend:
        assert backend.users.count().total_count == 7
    assert failing.asked == ["GET"] * 3


def test_patience_ends(failing: Failing) -> None:
    failing.statuses = [503] * 9
    with Backend(failing.url, "sk_test_x", retries=1) as backend, pytest.raises(ServerUnreachable):
        backend.users.count()
    assert len(failing.asked) == 2


@pytest.mark.parametrize("status", [0, 502, 503, 504, 500])
def test_a_write_that_may_have_been_done_is_not_asked_again(failing: Failing, status: int) -> None:
    failing.statuses = [status]
    with Backend(failing.url, "sk_test_x") as backend, pytest.raises(ServerUnreachable):
        backend.users.create(username="ada")
    assert failing.asked == ["POST"]


def test_a_write_that_was_refused_for_its_rate_is_asked_again(failing: Failing) -> None:
    failing.statuses, failing.headers = [429], {"retry-after": "0"}
    with Backend(failing.url, "sk_test_x") as backend:
        assert backend.users.create(username="ada").id == "user_1"
    assert failing.asked == ["POST"] * 2


def test_a_wait_that_is_too_long_is_the_caller_s_to_decide(failing: Failing) -> None:
    failing.statuses, failing.headers = [429], {"retry-after": "3600"}
    with Backend(failing.url, "sk_test_x") as backend, pytest.raises(BackendRefused) as refused:
        backend.users.count()
    assert refused.value.status == 429
    assert failing.asked == ["GET"]


def test_a_redirect_is_not_followed(failing: Failing) -> None:
    failing.statuses, failing.headers = [307], {"location": "http://127.0.0.1:9/"}
    with Backend(failing.url, "sk_test_x") as backend, pytest.raises(BackendRefused):
        backend.users.count()
    assert failing.asked == ["GET"]


def test_a_server_that_is_not_there_is_said_to_be(failing: Failing) -> None:
    with Backend("http://127.0.0.1:9", "sk_test_x", retries=0) as backend, pytest.raises(ServerUnreachable):
        backend.users.count()


async def test_a_server_that_does_not_answer_is_given_up_after_the_timeout() -> None:
    silent = await asyncio.start_server(lambda _, __: asyncio.sleep(3600), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    async with AsyncBackend(f"http://127.0.0.1:{port}", "sk_test_x", timeout=0.05, retries=1) as backend:
        with pytest.raises(ServerUnreachable):
            await backend.users.count()
    silent.close()
