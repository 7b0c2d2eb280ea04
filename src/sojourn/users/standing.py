"""The one rule about who may sign in, stay signed in and get tokens."""

from typing import Protocol

from sojourn.errors import UserBanned


class Standing(Protocol):
    """A user, or what a read that must be fast knows of one."""

    @property
    def banned(self) -> bool: ...


def may_sign_in(user: Standing) -> bool:
    """False for a banned user: no sign-in, no session, no token (R-FLOW-04).

    A lock after wrong tries is no part of it: that is spent try by try in the store, differs by device and runs out.
    """
    return not user.banned


def refuse_banned(user: Standing) -> None:
    """Raises: UserBanned."""
    if not may_sign_in(user):
        raise UserBanned()
