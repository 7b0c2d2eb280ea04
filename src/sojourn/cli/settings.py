"""`sojourn settings`: what an application's owner changes while it runs."""

from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from sojourn.cli.opened import AsJson, Data, DatabaseUrl, configured, print_facts, print_json, with_engine
from sojourn.errors import Json, SojournError

if TYPE_CHECKING:
    from sojourn.engine import Sojourn

app = typer.Typer(help="Settings of the application: timeouts, sign-up rules, theme.", no_args_is_help=True, add_completion=False)


@app.command("show")
def show(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Print every setting as a dotted name with its value."""

    async def read(engine: "Sojourn") -> Json:
        return msgspec.to_builtins(engine.instance.settings)

    settings = with_engine(configured(data, database_url), read)
    if as_json:
        print_json(settings)
    else:
        print_facts(dict(_flat(settings)))


@app.command("set")
def set_setting(
    assignments: Annotated[list[str], typer.Argument(help="NAME=VALUE, such as sessions.lifetime_seconds=30d")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Change settings, all or none. A running server follows within a second."""
    patch: dict[str, Json] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name:
            raise SojournError(f"{assignment} is not NAME=VALUE, such as sessions.token_seconds=30")
        _place(patch, name.split("."), _value(text))

    async def changed(engine: "Sojourn") -> None:
        await engine.registry.update_settings(engine.instance, patch)

    with_engine(configured(data, database_url), changed)
    print("Saved.")


def _value(text: str) -> Json:
    """JSON where it is JSON, otherwise the text itself."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


def _place(patch: dict[str, Json], path: list[str], value: Json) -> None:
    for name in path[:-1]:
        inner = patch.setdefault(name, {})
        if not isinstance(inner, dict):
            raise SojournError(f"{'.'.join(path)} is set twice")
        patch = inner
    patch[path[-1]] = value


def _flat(value: Json, path: str = "") -> list[tuple[str, Json]]:
    if not isinstance(value, dict) or not value:
        return [(path, value)]
    return [pair for name, inner in value.items() for pair in _flat(inner, f"{path}.{name}" if path else name)]
