"""Enrollment: how a user adds a credential, confirms it and removes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from sojourn.errors import Json
from sojourn.factors.credential import Credential
from sojourn.factors.strategy import Proof
from sojourn.users.user import User

__all__ = ["Enrollable", "Enrollment"]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A credential that is not confirmed yet, and so authenticates no user.

    `shown` is for its user, once: the secret of an authenticator app, the options of a browser. Never log it.
    """

    credential: Credential
    shown: Mapping[str, Json] = field(default_factory=dict[str, Json], repr=False)


@runtime_checkable
class Enrollable(Protocol):
    """A factor whose credentials are added and removed. Derive from `Factor` too, and name the kind in `credential_kinds`.

    Call it through `engine.enrollments`, which counts the tries of `confirm`.
    """

    async def begin(self, user: User, label: str | None = None) -> Enrollment:
        """Store an unverified credential. Raises: Conflict if the user was deleted, or its key is taken."""
        ...

    async def confirm(self, user: User, id: str, proof: Proof) -> Credential:
        """Compare, then verify the credential in one guarded statement, as `credentials.verify` does.

        Raises: NotFound for none of this user's, WrongCode, Conflict for one that was just confirmed.
        """
        ...

    async def remove(self, user: User, id: str) -> None:
        """Delete the credential in one guarded statement, as `credentials.delete` does. Raises: NotFound."""
        ...
