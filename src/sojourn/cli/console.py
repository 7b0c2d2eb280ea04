"""`sojourn console`: administrators of the dashboard, also for those who lost their way in."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.cli.tables import print_table
from sojourn.console.roles import Role
from sojourn.errors import Json, NotFound

if TYPE_CHECKING:
    from sojourn.dashboard import Dashboard
    from sojourn.engine import Engine

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Administrators of the dashboard.")

T = TypeVar("T")
_COLUMNS = ("id", "email_address", "role", "since")
Who = Annotated[str, typer.Argument(help="User ID or e-mail address of the administrator.")]


def _with_dashboard(data: "Data", database_url: "DatabaseUrl", work: Callable[["Dashboard"], Awaitable[T]]) -> T:
    async def opened(engine: "Engine") -> T:
        from sojourn.dashboard import Dashboard

        return await work(await Dashboard.of_command(engine))

    return with_engine(configured(data, database_url), opened)


@app.command("open")
def open_link(data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print a link that opens the dashboard of a development server, once."""
    print(_with_dashboard(data, database_url, lambda dashboard: dashboard.development_link()))


@app.command("invite")
def invite(
    email: Annotated[str | None, typer.Argument(help="Address of the new administrator; they name it without.")] = None,
    role: Annotated[Role, typer.Option(help="owner, editor, support or viewer")] = Role.OWNER,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print a link that makes an administrator, once, within three days."""

    async def invited(dashboard: "Dashboard") -> str:
        _, secret = await dashboard.administrators.invite(dashboard.console.instance, role, email)
        return dashboard.link("join", secret)

    print(_with_dashboard(data, database_url, invited))


@app.command("list")
def list_all(as_json: AsJson = False, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """List the administrators."""

    async def found(dashboard: "Dashboard") -> list[list[Json]]:
        rows = await dashboard.administrators.all(dashboard.console.instance)
        return [
            [user.id, user.primary_email_address.value if user.primary_email_address else None, row.role.value,
             datetime.fromtimestamp(row.created_at.seconds, UTC).date().isoformat()]
            for row, user in rows
        ]  # fmt: skip

    rows = _with_dashboard(data, database_url, found)
    if as_json:
        print_json([dict(zip(_COLUMNS, row, strict=True)) for row in rows])
    else:
        print_table(_COLUMNS, rows)


@app.command("role")
def set_role(who: Who, role: Role, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Give an administrator another role. The last owner stays one."""

    async def changed(dashboard: "Dashboard") -> None:
        await dashboard.administrators.set_role(dashboard.console.instance, await _id_of(dashboard, who), role)

    _with_dashboard(data, database_url, changed)
    print(f"{who} is now {role.value}.")


@app.command("remove")
def remove(who: Who, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Remove an administrator and end their sessions. The last owner stays."""

    async def removed(dashboard: "Dashboard") -> None:
        await dashboard.administrators.remove(dashboard.console.instance, await _id_of(dashboard, who))

    _with_dashboard(data, database_url, removed)
    print(f"{who} is no longer an administrator.")


async def _id_of(dashboard: "Dashboard", who: str) -> str:
    """Raises: NotFound."""
    for row, user in await dashboard.administrators.all(dashboard.console.instance):
        if who == row.user_id or who.casefold() in {email.value for email in user.email_addresses}:
            return row.user_id
    raise NotFound(f"No administrator is {who}. `sojourn console list` shows them all.")
