"""A real server in a thread of its own, for clients that do not speak asyncio."""

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import uvicorn

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.secret import Secret
from sojourn.web.app import build

T = TypeVar("T")

_EVERY_LIMIT = ("create_sign_in", "create_sign_up", "attempts", "codes", "pictures", "backend_api")


@dataclass
class Served:
    """`run` calls the engine on the loop it belongs to."""

    url: str
    engine: Engine
    secret_key: str
    loop: asyncio.AbstractEventLoop

    def run(self, work: Callable[[Engine], Awaitable[T]]) -> T:
        async def called() -> T:
            return await work(self.engine)

        return asyncio.run_coroutine_threadsafe(called(), self.loop).result(30)


@contextmanager
def served(data: Path) -> Iterator[Served]:
    """A development server on a free port that refuses nobody for asking often."""
    # the protocol is named, or asyncio leaves out TCP_NODELAY and each answer waits 40 ms for an acknowledgement
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    url = f"http://localhost:{listening.getsockname()[1]}"
    config = Config(
        public_url=url,
        database_url=f"sqlite:///{data}/sojourn.db",
        data=data,
        root_keys=(Secret.random(),),
        sign_in_floor_ms=0,
    )
    begun = threading.Event()
    made: list[Served] = []
    server: list[uvicorn.Server] = []

    async def serve() -> None:
        engine = await Engine.open(config)
        limits = {name: [10_000_000, 1] for name in _EVERY_LIMIT}
        await engine.instances.update_settings(engine.instance, {"protection": {"rate_limits": limits}})  # type: ignore[dict-item]
        key = await engine.instances.new_secret_key(engine.instance)
        made.append(Served(url, engine, key.reveal(), asyncio.get_running_loop()))
        server.append(uvicorn.Server(uvicorn.Config(build(engine), log_level="warning", lifespan="off")))
        begun.set()
        await server[0].serve(sockets=[listening])
        await engine.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert begun.wait(30), "the server did not start"
    try:
        yield made[0]
    finally:
        server[0].should_exit = True
        thread.join(30)
