"""The table of commands."""

from importlib.metadata import version
from typing import Annotated

import typer

from sojourn.cli import dev, doctor, env, import_users, inspect, keys, migrate, serve, sessions, settings, users

app = typer.Typer(
    name="sojourn",
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
    """What was wrong with the words of a command: one line, and where to read on."""
    context: typer.Context | None = getattr(error, "ctx", None)
    said = " ".join(error.format_message().split()).replace("Value error, ", "").rstrip(".")
    if not said:  # a command without words has shown its help by now
        return ""
    command = context.command_path if context else "sojourn"
    return f"sojourn: {said}; {command} --help shows what there is\n"


app.command("dev")(dev.dev)
app.command("serve")(serve.serve)
app.command("env")(env.env)
app.command("migrate")(migrate.migrate)
app.command("import")(import_users.import_users)
app.command("doctor")(doctor.doctor)
app.command("inspect")(inspect.inspect)
app.add_typer(users.app, name="users")
app.add_typer(sessions.app, name="sessions")
app.add_typer(settings.app, name="settings")
app.add_typer(keys.app, name="keys")
