"""The options that select sessions, shared by the commands that list and end them; the same as those of the admin API."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from sojourn.cli.named_user import user_id_of
from sojourn.cli.runtime import since_when
from sojourn.errors import SojournError
from sojourn.sessions.directory import address_prefix
from sojourn.sessions.end_cause import EndCause
from sojourn.store.interface import SessionSearch

if TYPE_CHECKING:
    from sojourn.engine import Engine

OfUser = Annotated[str | None, typer.Option("--user", help="Only sessions of this user, by id or e-mail address.")]
Country = Annotated[str | None, typer.Option(help="Two letters, such as DE.")]
OnDevice = Annotated[
    str | None, typer.Option("--device", help="A device type or a browser, such as iPhone or Firefox.")
]
Strategy = Annotated[str | None, typer.Option(help="Signed in with this, such as password or email_code.")]
Address = Annotated[str | None, typer.Option(help="The beginning of an address, or a network such as 203.0.113.0/24.")]
Since = Annotated[str | None, typer.Option(help="Begun since this time, or within this age, such as 12h.")]
Until = Annotated[str | None, typer.Option(help="Begun before this time, or longer ago than this age.")]
Cause = Annotated[list[EndCause] | None, typer.Option(help="Only ended sessions with this cause; may be given again.")]


async def selected(
    engine: "Engine",
    *,
    user: str | None,
    country: str | None,
    device: str | None,
    strategy: str | None,
    address: str | None,
    since: str | None,
    until: str | None,
) -> SessionSearch:
    """Raises: NotFound, SojournError for a time or address that cannot be read."""
    return SessionSearch(
        user_ids=None if user is None else (await user_id_of(engine, user),),
        country=None if country is None else country.upper(),
        device=device,
        strategy=strategy,
        ip_prefix=None if address is None else address_prefix(address),
        created_after=None if since is None else since_when(since).millis,
        created_before=None if until is None else since_when(until).millis,
    )


def with_ends(where: SessionSearch, status: str | None, causes: Sequence[EndCause]) -> SessionSearch:
    """Narrowed to a status; a cause means ended sessions. Raises: SojournError."""
    if causes and status in ("active", "pending"):
        raise SojournError("--cause is of ended sessions: leave out --status, or give that of an end")
    return replace(where, state=status or ("ended" if causes else None), causes=tuple(causes))
