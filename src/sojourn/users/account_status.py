"""The only rule that decides if a user may sign in, stay signed in and get tokens; and the reason that keeps them out."""

from typing import Protocol

from sojourn.errors import FieldTooLong, Json, UserBanned

MAX_REASON = 500
"""Maximum characters of the reason of a ban or a deletion."""


class Standing(Protocol):
    """The part of a user that the rule needs, so that fast reads can provide it."""

    @property
    def banned(self) -> bool: ...


def may_sign_in(user: Standing) -> bool:
    """False for a banned user: no sign-in, no session, no token (R-FLOW-04). A lock after wrong tries is not part of
    it; the store counts tries, per device, and such locks expire.
    """
    return not user.banned


def refuse_banned(user: Standing) -> None:
    """Raises: UserBanned."""
    if not may_sign_in(user):
        raise UserBanned()


def checked_reason(reason: str | None) -> dict[str, Json] | None:
    """The reason as the details of an audit log entry; None without one. Raises: FieldTooLong."""
    if reason is not None and len(reason) > MAX_REASON:
        raise FieldTooLong("reason", MAX_REASON)
    return {"reason": reason} if reason else None
