"""`sojourn settings export`, `diff` and `apply`: settings as a JSON file, for review and for another server."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.cli.tables import print_table
from sojourn.errors import Json, SojournError
from sojourn.instances.settings import Settings
from sojourn.instances.settings_change import ValueChange, differences
from sojourn.instances.settings_warnings import cautions

if TYPE_CHECKING:
    from sojourn.engine import Engine

File = Annotated[
    Path, typer.Argument(help="JSON as `sojourn settings export` prints it, whole or in part; - for standard input.")
]
Why = Annotated[str, typer.Option("--why", help="The reason, for the history.")]


def export(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print all settings as JSON, in the order of the reference. They hold no secret."""

    async def read(engine: "Engine") -> Json:
        return msgspec.to_builtins(engine.instance.settings)

    print_json(with_engine(configured(data, database_url), read))


def diff(
    file: Annotated[
        Path | None,
        typer.Argument(help="Compare with this JSON file (- for standard input); with the defaults if omitted."),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
    exit_code: Annotated[bool, typer.Option("--exit-code", help="Exit with 1 if anything differs.")] = False,
) -> None:
    """Print what `apply FILE` would change; without a file, what differs from the defaults."""
    wanted = None if file is None else patch_in(file)

    async def compared(engine: "Engine") -> tuple[ValueChange, ...]:
        if wanted is None:
            return differences(Settings(), engine.instance.settings)
        return engine.settings_history.preview(engine.instance, wanted)

    found = with_engine(configured(data, database_url), compared)
    print_values(
        found, ("setting", "default", "value") if file is None else ("setting", "now", "in the file"), as_json=as_json
    )
    if not found:
        print("Nothing differs.", file=sys.stderr)
    elif exit_code:
        raise typer.Exit(1)


def apply(file: File, why: Why, data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Change the settings that the file names, all or none; settings that it omits are kept."""
    wanted = patch_in(file)

    async def applied(engine: "Engine") -> tuple[tuple[ValueChange, ...], list[str]]:
        before = engine.instance
        after = await engine.instances.update_settings(before, wanted, reason=why, expected=before.updated_at)
        return differences(before.settings, after.settings), list(cautions(before.settings, after.settings))

    changed, hurting = with_engine(configured(data, database_url), applied)
    print_values(changed, ("setting", "before", "after"), as_json=as_json)
    if not changed:
        print("Nothing differs.", file=sys.stderr)
    for warning in hurting:
        print(f"Warning: {warning}", file=sys.stderr)


def patch_in(file: Path) -> dict[str, Json]:
    """The settings in a JSON file. Raises: SojournError."""
    try:
        raw = sys.stdin.read().encode() if str(file) == "-" else file.read_bytes()
        read: Json = msgspec.json.decode(raw)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SojournError(f"{file} cannot be read as JSON: {error}") from error
    if not isinstance(read, dict):
        raise SojournError(f"{file} must be an object, as `sojourn settings export` prints it")
    return read


def print_values(values: tuple[ValueChange, ...], columns: tuple[str, str, str], *, as_json: bool) -> None:
    if as_json:
        print_json([{"path": each.path, "before": each.before, "after": each.after} for each in values])
    elif values:
        print_table(columns, [(each.path, _text(each.before), _text(each.after)) for each in values])


def _text(value: Json) -> str:
    return msgspec.json.encode(value).decode()
