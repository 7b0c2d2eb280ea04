"""An engine for the duration of one command, and output for commands."""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import msgspec
import typer

from sojourn.cli.tables import printable
from sojourn.cli.target import Target
from sojourn.errors import Json, SojournError
from sojourn.instant import Instant, SystemClock, read_moment

if TYPE_CHECKING:
    from sojourn.engine import Engine

Data = Annotated[Path | None, typer.Option("--data", help="Data folder of `sojourn dev`.")]
DatabaseUrl = Annotated[
    str | None, typer.Option("--database-url", help="sqlite:///path or postgresql://user@host/name")
]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port that the server listens on.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]

T = TypeVar("T")


def configured(data: Path | None, database_url: str | None) -> Target:
    """The target given by options and environment variables. Raises: ConfigError."""
    return Target.told({"data": data, "database_url": database_url})


def with_engine(target: Target, work: Callable[["Engine"], Awaitable[T]]) -> T:
    """Run `work` on an engine opened for the command's application. Raises: ConfigError."""

    async def run() -> T:
        # most of the time to a first word would go to what this loads, and some commands need no database
        from sojourn.engine import Engine

        engine = await Engine.open(await target.found())
        try:
            return await work(engine)
        finally:
            await engine.close()

    return asyncio.run(run())


def since_when(text: str) -> Instant:
    """Parse a time, or an age such as `12h`. Raises: SojournError."""
    try:
        return read_moment(text, SystemClock().now())
    except ValueError as error:
        raise SojournError(str(error)) from error


def print_json(value: Any) -> None:
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value)).decode() + "\n")


def print_facts(facts: Mapping[str, Json]) -> None:
    shown = {printable(name): value for name, value in facts.items()}
    width = max(map(len, shown), default=0)
    for name, value in shown.items():
        print(f"{name:<{width}}  {printable(value)}")
