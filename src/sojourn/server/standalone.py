"""The standalone process: an engine, its HTTP application, the worker, and the listening socket."""

import asyncio
import errno
import os
import signal
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress

import structlog
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.embed import Server
from litestar.types import ASGIApp

from sojourn.config import Config
from sojourn.dashboard import Dashboard
from sojourn.engine import Engine
from sojourn.errors import ConfigError
from sojourn.server.connections import BACKLOG, http1_settings, max_connections
from sojourn.server.development import DevelopmentKeys, exposed_files, keep_development_key, write_last_start
from sojourn.server.lifespan import Lifespan
from sojourn.server.logs import configure_logs
from sojourn.server.worker import Worker
from sojourn.ui import demo, root_page
from sojourn.ui.console_pages import console_app
from sojourn.ui.refusals import refusal_page
from sojourn.ui.routes import PAGES
from sojourn.web.app import build

log = structlog.get_logger()


@asynccontextmanager
async def running(config: Config) -> AsyncGenerator[Dashboard]:
    """An open engine with its dashboard and its worker; all are closed in order."""
    engine = await Engine.open(config)
    for told in exposed_files(config):
        log.warning("files.open_to_others", advice=told)
    try:
        dashboard = await Dashboard.open(engine)
    except BaseException:
        await engine.close()
        raise
    worker = Worker(engine, dashboard.console)
    worker.start()
    try:
        yield dashboard
    finally:
        await worker.stop()
        await engine.close()


async def run_development(config: Config, keys: DevelopmentKeys, host: str, port: int) -> None:
    """`sojourn dev`: one process, until it is interrupted."""
    require_free(host, port)
    configure_logs(config.log_level, as_json=False)
    async with running(config) as dashboard:
        engine = dashboard.application
        await keep_development_key(engine, keys)
        write_last_start(config, host, port)
        pages = [*PAGES, *demo.HANDLERS]
        console = console_app(dashboard)
        app = build(engine, pages=pages, demo=demo.demo_app(engine), console=console, refusal_page=refusal_page)  # pyright: ignore[reportArgumentType]
        server = Server(  # errors only: its first line would be a warning about itself, which confuses new users
            app,
            address=host,
            port=port,
            interface=Interfaces.ASGI,
            log_enabled=True,
            log_level=LogLevels.error,
            backlog=BACKLOG,
            backpressure=max_connections(),
            http1_settings=http1_settings(),
        )
        _announce(config, await dashboard.development_link())
        await _until_interrupted(server)


async def _until_interrupted(server: Server) -> None:
    serving = asyncio.create_task(server.serve())
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stopped.set)
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait((serving, waiting), return_when=asyncio.FIRST_COMPLETED)
    server.stop()
    await serving
    waiting.cancel()


def _announce(config: Config, dashboard: str) -> None:
    url = config.public_url
    print(
        f"Sojourn is ready (DEVELOPMENT: answers this machine only, mail lands in the mailbox, test codes work).\n"
        f"  demo app    {url}/demo\n"
        f"  sign in     {url}/sign-in\n"
        f"  mailbox     {url}/dev/mailbox\n"
        f"  dashboard   {dashboard}\n"
        f"  data        {config.data.resolve()}\n"
        f"Keys for your app: sojourn env nextjs (or react, express, fastapi, flask, django …)",
        flush=True,
    )


def run_production(config: Config, host: str, port: int, workers: int) -> None:
    """`sojourn serve`: worker processes behind your proxy.

    Configuration errors are reported here, before any of them starts.
    """
    require_free(host, port)
    configure_logs(config.log_level, as_json=True)
    asyncio.run(_checked(config))
    # the workers are separate processes and read the configuration from the same source
    os.environ["SOJOURN_ENVIRONMENT"] = config.environment.value
    os.environ["SOJOURN_DATABASE_URL"] = config.database_url
    os.environ["SOJOURN_PUBLIC_URL"] = config.public_url
    print(f"Sojourn serves {config.public_url} on {host}:{port} with {workers} worker(s).", flush=True)
    Granian(
        "sojourn.server.standalone:production_app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        factory=True,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        backlog=BACKLOG,
        backpressure=max_connections(),
        http1_settings=http1_settings(),
    ).serve()


async def _checked(config: Config) -> None:
    """Open everything once as a check. The very first start creates a secret key and shows it only once (R-AUZ-08)."""
    engine = await Engine.open(config)
    try:
        if not await engine.instances.has_secret_key(engine.instance):
            secret = await engine.instances.new_secret_key(engine.instance)
            print(
                f"First start. Give these to your app; the secret key is not shown again:\n"
                f"  publishable key  {engine.instance.publishable_key}\n"
                f"  secret key       {secret.reveal()}",
                flush=True,
            )
        dashboard = await Dashboard.open(engine)
        first = await dashboard.administrators.invite_first(dashboard.console.instance)
        if first is not None:
            print(
                f"Nobody administers this server yet. This link makes the first owner, once, within 30 minutes:\n"
                f"  {dashboard.link('join', first)}\n"
                f"`sojourn console invite` prints another one.",
                flush=True,
            )
    finally:
        await engine.close()


def _production_pages(dashboard: Dashboard) -> ASGIApp:
    pages = [*PAGES, *root_page.HANDLERS]
    return build(dashboard.application, pages=pages, console=console_app(dashboard), refusal_page=refusal_page)


def production_app() -> Lifespan[Dashboard]:
    """The ASGI application of one worker process."""
    config = Config.load()
    configure_logs(config.log_level, as_json=True)
    return Lifespan(
        lambda: running(config),
        _production_pages,
    )


_NEXT_PORTS = 100


def _free_one(host: str, taken: int) -> str:
    """The option that names the next free port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for port in range(taken + 1, min(taken + _NEXT_PORTS, 65536)):
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind((host, port))
                return f"--port {port} is free"
    return "with --port"


def require_free(host: str, port: int) -> None:
    """Raises: ConfigError if the port is in use or not permitted."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise ConfigError(
                    f"port {port} is taken: stop what listens there, or choose another: {_free_one(host, port)}"
                ) from error
            raise ConfigError(f"cannot listen on {host}:{port}: {error.strerror}") from error
