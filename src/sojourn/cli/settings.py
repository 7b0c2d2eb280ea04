"""`sojourn settings`: settings that can be changed while the server runs."""

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_facts, print_json, with_engine
from sojourn.cli.settings_files import Why, apply, diff, export
from sojourn.cli.settings_history import history, undo
from sojourn.errors import Json, SojournError
from sojourn.instances.setting import Setting, groups, tree
from sojourn.instances.settings import Settings
from sojourn.instances.settings_warnings import cautions

if TYPE_CHECKING:
    from sojourn.engine import Engine

app = typer.Typer(
    help="Settings of the application: timeouts, sign-up rules, theme.", no_args_is_help=True, add_completion=False
)


for command in (export, diff, apply, history, undo):
    app.command(command.__name__)(command)


@app.command("show")
def show(data: Data = None, database_url: DatabaseUrl = None, as_json: AsJson = False) -> None:
    """Print every setting as a dotted name with its value."""

    async def read(engine: "Engine") -> Json:
        return msgspec.to_builtins(engine.instance.settings)

    settings = with_engine(configured(data, database_url), read)
    if as_json:
        print_json(settings)
    else:
        print_facts(dict(_flat(settings)))


@app.command("describe")
def describe(
    names: Annotated[
        list[str] | None, typer.Argument(help="Settings or groups, such as sessions; all if omitted")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the effect, accepted values and default of each setting."""
    chosen = [setting for setting in tree(Settings) if not names or any(_is_in(setting, name) for name in names)]
    if not chosen:
        known = [*groups(Settings), *(setting.path for setting in tree(Settings))]
        near = get_close_matches(" ".join(names or []), known, 1, 0.5)
        raise SojournError(f"Unknown setting.{f' Did you mean {near[0]}?' if near else ''}")
    if as_json:
        print_json([_described(setting) for setting in chosen])
        return
    for setting in chosen:
        print(
            f"{setting.path}\n    {setting.about.effect}\n    Accepts {setting.takes}. Default: {msgspec.json.encode(setting.default).decode()}\n"
        )


@app.command("set")
def set_setting(
    assignments: Annotated[list[str], typer.Argument(help="NAME=VALUE, such as sessions.lifetime_seconds=30d")],
    why: Why = "",
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Change settings, all or none. A running server applies them within a second."""
    patch: dict[str, Json] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name:
            raise SojournError(f"{assignment} is not NAME=VALUE, such as sessions.token_seconds=30")
        _place(patch, name.split("."), _value(text))

    async def changed(engine: "Engine") -> list[str]:
        before = engine.instance.settings
        after = await engine.instances.update_settings(engine.instance, patch, reason=why)
        return list(cautions(before, after.settings))

    hurting = with_engine(configured(data, database_url), changed)
    print("Saved.")
    for warning in hurting:
        print(f"Warning: {warning}", file=sys.stderr)


def _value(text: str) -> Json:
    """Parse as JSON if possible, otherwise return the text."""
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


def _is_in(setting: Setting, name: str) -> bool:
    return setting.path == name or setting.path.startswith(f"{name}.")


def _described(setting: Setting) -> Json:
    return {
        "name": setting.path,
        "type": setting.json_type,
        "values": [*setting.choices] or None,
        "least": setting.about.min,
        "most": setting.about.max,
        "unit": setting.about.unit,
        "default": setting.default,
        "effect": setting.about.effect,
        "docs": setting.anchor,
    }
