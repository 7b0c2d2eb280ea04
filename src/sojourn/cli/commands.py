"""The table of commands."""

from difflib import get_close_matches
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

_COMMANDS = {
    "dev": "dev",
    "serve": "serve",
    "env": "env",
    "migrate": "migrate",
    "import": "import_users",
    "doctor": "doctor",
    "inspect": "inspect",
    "events": "events",
    "users": "users",
    "sessions": "sessions",
    "settings": "settings",
    "keys": "keys",
    "console": "console",
}
"""Each command and its module, which has an `app` with commands of its own, or a function of the module's name."""


class _Loaded(TyperGroup):
    """Loads only the module of the requested command: all of them together take a second."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        near = get_close_matches(args[0], _COMMANDS) if args and args[0] not in _COMMANDS else ()
        if near:
            ctx.fail(f"No such command {args[0]!r}. Did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            return None
        name = _COMMANDS[cmd_name]
        module = import_module(f"sojourn.cli.{name}")
        group: typer.Typer | None = getattr(module, "app", None)
        if group is None:
            group = typer.Typer(add_completion=False)
            group.command(cmd_name)(getattr(module, name))
        command = typer.main.get_command(group)
        command.name = cmd_name
        return command


app = typer.Typer(
    name="sojourn",
    cls=_Loaded,
    help="Self-hosted session and user management.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def _told(wanted: bool) -> None:
    if wanted:
        print(f"sojourn {version('sojourn')}")
        raise typer.Exit()


@app.callback()
def options(
    _: Annotated[bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_told)] = False,
) -> None: ...


def usage(error: typer.TyperException) -> str:
    """A usage error as one line that points to the help."""
    context: typer.Context | None = getattr(error, "ctx", None)
    said = " ".join(error.format_message().split()).replace("Value error, ", "").rstrip(".")
    if not said:  # a command without words has shown its help by now
        return ""
    command = context.command_path if context else "sojourn"
    return f"sojourn: {said}{'' if said.endswith('?') else ';'} see {command} --help\n"
