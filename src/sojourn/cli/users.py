"""`sojourn users`: manage users."""

import getpass
import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.named_user import user_id_of
from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_json, since_when, with_engine
from sojourn.cli.tables import print_table, time_text
from sojourn.errors import Json, SojournError
from sojourn.ids import UserId
from sojourn.resources.users import backend_user
from sojourn.store.interface import Page, UserFilter
from sojourn.users.user import User

if TYPE_CHECKING:
    from sojourn.engine import Engine

app = typer.Typer(help="Users: list, create, ban, unlock, delete.", no_args_is_help=True, add_completion=False)

_OPERATOR = "operator"
_COLUMNS = ("user", "e-mail address", "name", "state", "last sign-in")

UserNamed = Annotated[str, typer.Argument(metavar="USER", help="Their id or e-mail address.")]


@app.command("list")
def list_users(
    query: Annotated[str | None, typer.Option(help="Part of a name or address.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print users, newest first."""

    async def read(engine: "Engine") -> tuple[list[User], list[dict[str, Json]]]:
        found = list(await engine.accounts.list(engine.instance, UserFilter(query=query), Page(limit)))
        return found, await _shown(engine, found)

    found, shown = with_engine(configured(data, database_url), read)
    if as_json:
        print_json(shown)
    else:
        print_table(_COLUMNS, [_row(user) for user in found])


@app.command("show")
def show(user: UserNamed, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print one user as the Backend API shows it."""
    _one(user, data, database_url, lambda engine, id: engine.accounts.get(engine.instance, id))


@app.command("create")
def create(
    address: Annotated[
        str | None, typer.Argument(metavar="ADDRESS", help="E-mail address; counts as verified.")
    ] = None,
    email: Annotated[str | None, typer.Option(help="The same, as an option.")] = None,
    first_name: Annotated[str | None, typer.Option()] = None,
    last_name: Annotated[str | None, typer.Option()] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Create a user. The password is prompted for, or read from standard input."""
    from sojourn.users.new_user import NewUser

    if (address is None) == (email is None):
        raise SojournError("Give one e-mail address: sojourn users create ADDRESS")
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    new = NewUser(
        email_addresses=[address or email or ""],
        password=password or None,
        skip_password_requirement=not password,
        first_name=first_name,
        last_name=last_name,
    )

    async def created(engine: "Engine") -> dict[str, Json]:
        made = await engine.accounts.create(engine.instance, new, actor=_OPERATOR)
        return (await _shown(engine, [made]))[0]

    print_json(with_engine(configured(data, database_url), created))


@app.command("ban")
def ban(
    user: UserNamed,
    reason: Annotated[str | None, typer.Option("--reason", help="Kept with the user and in the audit log.")] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Ban a user and end all their sessions."""

    def banned(engine: "Engine", id: UserId) -> Awaitable[User]:
        return engine.accounts.ban(engine.instance, id, reason=reason, actor=_OPERATOR)

    _one(user, data, database_url, banned)


@app.command("unban")
def unban(user: UserNamed, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Lift the ban of a user."""
    _one(user, data, database_url, lambda engine, id: engine.accounts.unban(engine.instance, id, actor=_OPERATOR))


@app.command("unlock")
def unlock(
    user: Annotated[str | None, typer.Argument(help="The user to unlock, by id or e-mail address.")] = None,
    all_since: Annotated[
        str | None,
        typer.Option(
            "--all-since",
            metavar="TIME",
            help="Unlock every user locked by failed attempts since TIME (UTC), such as 2026-11-28T09:30 or 12h.",
        ),
    ] = None,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Unlock a user; with --all-since, every user locked by failed attempts, but not by an administrator."""
    if (user is None) == (all_since is None):
        raise SojournError("give a user or --all-since")
    if user is not None:
        _one(user, data, database_url, lambda engine, id: engine.accounts.unlock(engine.instance, id, actor=_OPERATOR))
        return
    assert all_since is not None
    since = since_when(all_since)

    async def unlocked(engine: "Engine") -> int:
        return await engine.accounts.unlock_all_since(engine.instance, since, actor=_OPERATOR)

    count = with_engine(configured(data, database_url), unlocked)
    print(f"{count} user{'' if count == 1 else 's'} unlocked.")


@app.command("delete")
def delete(
    user: UserNamed,
    later: Annotated[
        bool,
        typer.Option(
            "--later",
            help="Ban and hide the user now, and erase them after `delete_after_seconds`; `restore` undoes it.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Delete a user and all their data, at once or with --later."""
    if later:
        _one(user, data, database_url, lambda engine, id: engine.deletions.ask(engine.instance, id, actor=_OPERATOR))
        return
    if not yes:
        typer.confirm(f"Delete {user} and all their data?", abort=True)

    async def deleted(engine: "Engine") -> None:
        await engine.accounts.delete(engine.instance, await user_id_of(engine, user), actor=_OPERATOR)

    with_engine(configured(data, database_url), deleted)
    print(f"Deleted {user}.")


@app.command("restore")
def restore(
    user: Annotated[str, typer.Argument(metavar="USER_ID", help="Their id.")],
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Undo a deletion that was asked for in the dashboard or by `delete --later`, until the account is erased."""
    _one(user, data, database_url, lambda engine, id: engine.deletions.undo(engine.instance, id, actor=_OPERATOR))


@app.command("export")
def export(user: UserNamed, data: Data = None, database_url: DatabaseUrl = None) -> None:
    """Print all that is stored about one person as JSON, without secrets and hashes."""

    async def exported(engine: "Engine") -> dict[str, Json]:
        found = await engine.deletions.find_hidden(engine.instance, await user_id_of(engine, user))
        return await engine.personal_data.of(engine.instance, found, actor=_OPERATOR)

    print_json(with_engine(configured(data, database_url), exported))


def _one(user: str, data: Data, database_url: DatabaseUrl, work: Callable[["Engine", UserId], Awaitable[User]]) -> None:
    async def run(engine: "Engine") -> dict[str, Json]:
        changed = await work(engine, await user_id_of(engine, user))
        return (await _shown(engine, [changed]))[0]

    print_json(with_engine(configured(data, database_url), run))


async def _shown(engine: "Engine", users: list[User]) -> list[dict[str, Json]]:
    now = engine.clock.now()
    second = await engine.enrollments.second_factors(engine.instance, users, now)
    return [
        backend_user(user, engine.instance, now, second_factors=second.get(user.id, ()))  # pyright: ignore[reportReturnType]
        for user in users
    ]


def _row(user: User) -> list[str | None]:
    email = user.primary_email_address
    name = " ".join(filter(None, (user.first_name, user.last_name))) or user.username
    state = "banned" if user.banned else ("locked" if user.locked_at else "active")
    seen = time_text(user.last_sign_in_at.datetime()) if user.last_sign_in_at else None
    return [user.id, email.value if email else None, name, state, seen]
