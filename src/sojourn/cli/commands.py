"""The table of commands."""

import typer

from sojourn.cli import dev, doctor, env, import_users, inspect, keys, migrate, serve, sessions, settings, users

app = typer.Typer(
    name="sojourn",
    help="Self-hosted session and user management.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
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
