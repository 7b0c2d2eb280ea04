"""An engine for the length of one command, and how commands print what they found."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
import typer

from sojourn.config import Config
from sojourn.errors import Json
from sojourn.server.development import development_config, has_keys

if TYPE_CHECKING:
    from sojourn.engine import Sojourn

Data = Annotated[Path | None, typer.Option("--data", help="Data folder of `sojourn dev`.")]
DatabaseUrl = Annotated[str | None, typer.Option("--database-url", help="sqlite:///path or postgresql://user@host/name")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port that the server listens on.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]

T = TypeVar("T")


def configured(data: Path | None, database_url: str | None, **given: object) -> Config:
    """The configuration a command works with: in development with the keys of the data folder. Raises: ConfigError."""
    config = Config.load({"data": data, "database_url": database_url, **given})
    if not config.is_development:
        return config
    if config.database_url == Config().database_url:
        note_if_new(config)
    return development_config(config)[0]


def note_if_new(config: Config) -> None:
    """Said beside the output, because in the wrong folder a command quietly works on an empty database."""
    if config.is_development and config.data == Config().data and not has_keys(config.data):
        print("sojourn: no server has run in this folder yet; --data names the .sojourn of another", file=sys.stderr)


def with_engine(config: Config, work: Callable[["Sojourn"], Awaitable[T]]) -> T:
    """Run `work` on an engine opened for it."""

    async def run() -> T:
        # most of the time to a first word would go to what this loads, and some commands need no database
        from sojourn.engine import Sojourn

        engine = await Sojourn.open(await _at_its_address(config))
        try:
            return await work(engine)
        finally:
            await engine.close()

    return asyncio.run(run())


async def _at_its_address(config: Config) -> Config:
    """A command must not move the application to the default address, so it keeps the one the server last ran at."""
    from dataclasses import replace

    from sojourn.store.opening import open_store

    if config.public_url != Config().public_url:
        return config
    store = open_store(config.database_url)
    try:
        await store.migrate()
        for instance in await store.instances.all():
            if instance.environment is config.environment:
                return replace(config, public_url=instance.public_url)
    finally:
        await store.close()
    return config


def print_json(value: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Json]]) -> None:
    """Rows for people; a terminal gets lines that fit, a pipe gets tab-separated text."""
    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join("" if cell is None else str(cell) for cell in row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None, header_style="bold")
    for row in rows:
        table.add_row(*("" if cell is None else str(cell) for cell in row))
    Console().print(table)


def print_facts(facts: Mapping[str, Json]) -> None:
    width = max(map(len, facts), default=0)
    for name, value in facts.items():
        print(f"{name:<{width}}  {'' if value is None else value}")
