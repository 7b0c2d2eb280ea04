"""The user: whether they may sign in, and who decided otherwise."""

from sojourn.engine import Engine
from sojourn.errors import NotFound, SojournError
from sojourn.events.kinds import capitalized
from sojourn.inspector.actors import Actors
from sojourn.inspector.inspection import UserFacts, moment_text
from sojourn.store.interface import EventFilter, Page, UserFilter
from sojourn.users.identifiers import normal_email
from sojourn.users.user import User


async def user_named(engine: Engine, named: str) -> User | None:
    """The user by ID or e-mail address; an unverified address identifies no user."""
    if "@" not in named:
        try:
            return await engine.accounts.get(engine.instance, named)
        except NotFound:
            return None
    try:
        address = normal_email(named, param="subject").canonical
    except SojournError:
        return None
    for user in await engine.accounts.list(engine.instance, UserFilter(email_addresses=[address]), Page(10)):
        if any(identifier.canonical == address and identifier.is_held for identifier in user.email_addresses):
            return user
    return None


async def user_facts(engine: Engine, actors: Actors, id: str, user: User | None) -> UserFacts:
    if user is None:
        return UserFacts(
            id=id, status="unknown", told="No user with this ID exists here: deleted, or another server's."
        )
    now = engine.clock.now()
    status = "banned" if user.banned else "locked" if user.is_locked(now) else "active"
    email = user.primary_email_address
    return UserFacts(
        id=user.id, status=status, email_address=email.value if email else None, told=await _told(engine, actors, user, status)
    )  # fmt: skip


async def _told(engine: Engine, actors: Actors, user: User, status: str) -> str:
    if status == "active":
        return "The user may sign in."
    where = EventFilter(kinds=[f"user.{status}"], user_id=user.id)
    entries = await engine.store.events.list(engine.instance.id, Page(1), where)
    who = await actors.name(entries[0].actor, user.id) if entries else "an unknown actor"
    on = f" on {moment_text(entries[0].at)}" if entries else ""
    if status == "banned":
        return capitalized(f"{who} banned the user{on}: no sign-in, no session, no token.")
    if user.locked_until is not None:
        return f"Too many failed tries locked the user{on}: no new sign-in until {moment_text(user.locked_until)}. Live sessions stay live."
    return capitalized(
        f"{who} locked the user{on} and ended their sessions: no new sign-in until somebody unlocks the user."
    )
