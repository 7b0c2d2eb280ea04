"""`sojourn sessions`: list and revoke sessions."""

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.named_user import user_id_of
from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.cli.tables import print_table, time_text
from sojourn.errors import SojournError
from sojourn.ids import SessionId
from sojourn.instant import SystemClock
from sojourn.resources.sessions import backend_session
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface import Page, SessionFilter

if TYPE_CHECKING:
    from sojourn.engine import Engine

app = typer.Typer(help="Sessions of users: list and revoke.", no_args_is_help=True, add_completion=False)

_OPERATOR = "operator"
_COLUMNS = ("session", "user", "status", "device", "address", "last active", "expires")


@app.command("list")
def list_sessions(
    user: Annotated[str | None, typer.Option(help="Only sessions of this user, by id or e-mail address.")] = None,
    status: Annotated[str | None, typer.Option(help="active, ended, revoked, expired, abandoned …")] = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print sessions, newest first."""
    if status is not None and status not in set(SessionStatus):
        raise SojournError(f"--status must be one of {', '.join(SessionStatus)}")

    async def read(engine: "Engine") -> list[Session]:
        owner = await user_id_of(engine, user) if user is not None else None
        where = SessionFilter(user_id=owner, status=SessionStatus(status) if status else None)
        return list(await engine.sessions.list(engine.instance, where, Page(limit)))

    sessions = with_engine(configured(data, database_url), read)
    now = SystemClock().now()
    if as_json:
        print_json([backend_session(session, now) for session in sessions])
    else:
        print_table(_COLUMNS, [_row(session) for session in sessions])


@app.command("revoke")
def revoke(
    session_id: Annotated[str | None, typer.Argument(help="The session to end.")] = None,
    user: Annotated[str | None, typer.Option(help="End every session of this user, by id or e-mail address.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="End every session of every user.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation of --all.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Revoke sessions now. No new tokens are issued, and existing tokens expire within a minute."""
    if sum((session_id is not None, user is not None, everybody)) != 1:
        raise SojournError("give a session ID, --user or --all")
    if everybody and not yes:
        typer.confirm("Sign every user out?", abort=True)

    async def revoked(engine: "Engine") -> str:
        if session_id is not None:
            session = await engine.sessions.revoke(engine.instance, SessionId(session_id), actor=_OPERATOR)
            return f"{session_id} is {session.status}."
        if user is not None:
            known = await engine.accounts.get(engine.instance, await user_id_of(engine, user))
            return _counted(await engine.sessions.revoke_all_of_user(engine.instance, known.id, actor=_OPERATOR))
        return _counted(await engine.sessions.revoke_all(engine.instance, actor=_OPERATOR))

    print(with_engine(configured(data, database_url), revoked))


def _counted(revoked: int) -> str:
    return f"{revoked} session{'' if revoked == 1 else 's'} revoked."


def _row(session: Session) -> list[str | None]:
    device = " ".join(filter(None, (session.device.browser_name, session.device.device_type))) or None
    return [
        session.id,
        session.user_id,
        session.status.value,
        device,
        session.device.ip_address,
        time_text(session.last_active_at.datetime()),
        time_text(session.expire_at.datetime()),
    ]
