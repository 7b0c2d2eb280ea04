"""`sojourn events`: the audit log, newest first."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from sojourn.cli.named_user import user_id_of
from sojourn.cli.runtime import AsJson, Data, DatabaseUrl, Target, configured, print_json, since_when, with_engine
from sojourn.cli.tables import print_table, time_text
from sojourn.errors import Json, SojournError
from sojourn.events.event import Event
from sojourn.events.kinds import KINDS, told
from sojourn.store.interface import EventFilter, Page, UnchainedEvents

if TYPE_CHECKING:
    from sojourn.engine import Engine

_COLUMNS = ("at", "kind", "what happened")


def events(
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", help="Only this kind, such as session.revoked; `session.` means every session event."),
    ] = None,
    user: Annotated[str | None, typer.Option(help="Only entries of this user, by id or e-mail address.")] = None,
    session: Annotated[str | None, typer.Option(help="Only entries of this session id.")] = None,
    since: Annotated[
        str | None,
        typer.Option(
            metavar="TIME", help="Only since this time (UTC): 2026-11-28T09:30, or 12h for the last 12 hours."
        ),
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="TIME", help="Only before this time (UTC).")] = None,
    actor: Annotated[
        str | None, typer.Option(help="Only entries of this actor: a user id, admin:USER_ID, a key's id, or operator.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    check: Annotated[
        bool, typer.Option("--check", help="Check that no entry was changed, removed or inserted.")
    ] = False,
    data: Data = None,
    database_url: DatabaseUrl = None,
    as_json: AsJson = False,
) -> None:
    """Print the audit log: who did what, when, and from where. Newest first."""
    kinds = [_known(name) for name in kind or ()]
    begin = since_when(since) if since is not None else None
    end = since_when(until) if until is not None else None

    if check:
        _check(configured(data, database_url))

    async def read(engine: "Engine") -> Sequence[Event]:
        owner = await user_id_of(engine, user) if user else None
        where = EventFilter(kinds, owner, session, begin, actor, end)
        return await engine.audit_reader.list(engine.instance, Page(limit), where)

    found = with_engine(configured(data, database_url), read)
    if as_json:
        print_json([_shown(event) for event in found])
    else:
        print_table(_COLUMNS, [(time_text(event.at.datetime()), event.kind, told(event)) for event in found])


def _check(target: Target) -> NoReturn:
    """Verify the hash chain. Raises: Exit, with status 1 if the log was changed."""

    async def read(engine: "Engine") -> tuple[bool, UnchainedEvents]:
        return await engine.audit_reader.is_whole(engine.instance)

    is_whole, unchained = with_engine(target, read)
    print(
        "The audit log is intact."
        if is_whole
        else "The audit log was changed: an entry does not match the hash of the one before it."
    )
    if unchained.count:
        print(f"Not covered: {waiting(unchained)}.")
    raise typer.Exit(0 if is_whole else 1)


def waiting(unchained: UnchainedEvents) -> str:
    """The number of entries that are not yet in the hash chain, as text."""
    if unchained.oldest_at is None:
        return "every entry is chained"
    noun = "entry is" if unchained.count == 1 else "entries are"
    return f"{unchained.count} {noun} not chained yet, the oldest from {unchained.oldest_at.datetime():%Y-%m-%d %H:%M:%S} UTC"


def _known(kind: str) -> str:
    """Check the event kind. Raises: SojournError for an unknown kind."""
    name = kind.removesuffix("*")
    if name in KINDS or (name.endswith(".") and any(known.startswith(name) for known in KINDS)):
        return name
    raise SojournError(f"unknown event kind {kind!r}; choose one of {', '.join(sorted(KINDS))}")


def _shown(event: Event) -> dict[str, Json]:
    return {
        "id": event.id,
        "at": event.at.datetime().isoformat(),
        "kind": event.kind,
        "actor": event.actor,
        "user_id": event.user_id,
        "target": event.target,
        "ip_address": event.ip_address,
        "user_agent": event.user_agent,
        "details": dict(event.details),
        "sentence": told(event),
    }
