"""`sojourn sessions`: list, end and revoke sessions."""

from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.named_user import user_id_of
from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, configured, print_json, with_engine
from sojourn.cli.session_filters import (
    Address,
    Cause,
    Country,
    OfUser,
    OnDevice,
    Since,
    Strategy,
    Until,
    selected,
    with_ends,
)
from sojourn.cli.tables import print_table, time_text
from sojourn.errors import SojournError
from sojourn.ids import SessionId
from sojourn.instant import SystemClock
from sojourn.resources.sessions import backend_session
from sojourn.sessions.batch import SessionBatch
from sojourn.sessions.batches import BatchPreview
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface import SessionSearch

if TYPE_CHECKING:
    from sojourn.engine import Engine

app = typer.Typer(help="Sessions of users: list, end and revoke.", no_args_is_help=True, add_completion=False)

_OPERATOR = "operator"
_COLUMNS = ("session", "user", "status", "device", "address", "last active", "expires")


@app.command("list")
def list_sessions(
    user: OfUser = None,
    status: Annotated[str | None, typer.Option(help="active, ended (all that are over), revoked, expired …")] = None,
    cause: Cause = None,
    country: Country = None,
    device: OnDevice = None,
    strategy: Strategy = None,
    address: Address = None,
    since: Since = None,
    until: Until = None,
    limit: Annotated[int, typer.Option(min=1, max=500)] = 50,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print sessions, newest first. All options that are given must hold."""
    if status is not None and status not in set(SessionStatus):
        raise SojournError(f"--status must be one of {', '.join(SessionStatus)}")

    async def read(engine: "Engine") -> list[Session]:
        where = await selected(
            engine, user=user, country=country, device=device, strategy=strategy, address=address, since=since, until=until,
        )  # fmt: skip
        where = with_ends(where, status, cause or ())
        return list((await engine.session_directory.page(engine.instance, where, "created", None, limit)).sessions)

    sessions = with_engine(configured(data, database_url), read)
    now = SystemClock().now()
    if as_json:
        print_json([backend_session(session, now) for session in sessions])
    else:
        print_table(_COLUMNS, [_row(session) for session in sessions])


@app.command("end")
def end_sessions(
    user: OfUser = None,
    country: Country = None,
    device: OnDevice = None,
    strategy: Strategy = None,
    address: Address = None,
    since: Since = None,
    until: Until = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count them, and end none.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation.")] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
) -> None:
    """End all running sessions that the options select, as one batch. At least one option is needed."""
    target = configured(data, database_url)

    async def search(engine: "Engine") -> SessionSearch:
        where = await selected(
            engine, user=user, country=country, device=device, strategy=strategy, address=address, since=since, until=until,
        )  # fmt: skip
        if where == SessionSearch():
            raise SojournError("give at least one option; `sojourn sessions revoke --all` ends all sessions")
        return where

    async def counted(engine: "Engine") -> BatchPreview:
        return await engine.session_batches.preview(engine.instance, await search(engine))

    async def ended(engine: "Engine") -> SessionBatch:
        batches = engine.session_batches
        return await batches.run(await batches.begin(engine.instance, await search(engine), actor=_OPERATOR))

    found = with_engine(target, counted)
    dies = time_text(found.last_token_dies_at.datetime())
    if dry_run:
        print(f"{_number(found.total)} would end. Apps accept the last of their tokens until {dies} at most.")
        return
    if not yes:
        typer.confirm(f"End {_number(found.total)}?", abort=True)
    batch = with_engine(target, ended)
    print(f"{_number(batch.done)} ended (batch {batch.id}). Apps accept the last of their tokens until {dies} at most.")


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
    return f"{_number(revoked)} revoked."


def _number(sessions: int) -> str:
    return f"{sessions} session{'' if sessions == 1 else 's'}"


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
