"""Revoke every access of a user and their impersonators (R-SES-07, R-PWD-11)."""

from sojourn.errors import Conflict
from sojourn.ids import SessionId, SignInId
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.lifecycle import Sessions
from sojourn.store.interface import Groups
from sojourn.users.user import User


async def end_access(
    tx: Groups,
    sessions: Sessions,
    instance: Instance,
    user: User,
    now: Instant,
    cause: EndCause,
    *,
    actor: str,
    keep: SessionId | None = None,
    keep_sign_in: SignInId | None = None,
    and_sessions: bool = True,
) -> None:
    """End the user's sessions, unfinished sign-ins and tickets, in the caller's transaction."""
    if and_sessions:
        await sessions.revoke_of_user(tx, instance, user.id, cause, actor=actor, keep=keep)
    await tx.sign_ins.abandon_of_user(instance.id, user.id, now, keep=keep_sign_in)
    await tx.tickets.revoke_of_user(instance.id, user.id, now)


async def unchanged(tx: Groups, user: User) -> User:
    """The user as the transaction sees them, including tries that failed sign-ins have counted since `user` was read.

    Raises: Conflict if the user was changed or deleted in the meantime.
    """
    current = await tx.users.find(user.instance_id, user.id)
    if current is None or current.updated_at != user.updated_at:
        raise Conflict()
    return current


def moment_after(user: User, now: Instant) -> Instant:
    """`now`, moved on if need be: `updated_at` tells versions of a user apart, so it never repeats."""
    return max(now, Instant(user.updated_at.millis + 1))
