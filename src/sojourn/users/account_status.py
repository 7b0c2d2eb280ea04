"""The only rule that decides if a user may sign in, stay signed in and get tokens."""

from typing import Protocol

from sojourn.errors import UserBanned


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
