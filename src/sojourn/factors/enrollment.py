"""Enrollment: a user adds, confirms and removes a credential."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from sojourn.errors import Json, NotFound
from sojourn.factors.credential import Credential
from sojourn.factors.strategy import Proof
from sojourn.store.interface import Groups
from sojourn.users.user import User

__all__ = ["Confirmation", "Enrollable", "Enrollment"]


@dataclass(frozen=True, slots=True)
class Enrollment:
    """A new credential. One that is not verified yet authenticates no user until it is confirmed.

    `record` writes it in the transaction of its flow, and returns the credentials whose place it takes. Raises, when recorded:
    Conflict if the user was deleted, or its key is taken. `shown` is for its user, once: the secret of an authenticator app, the
    options of a browser. Never log it.
    """

    credential: Credential
    record: Callable[[Groups], Awaitable[Sequence[Credential]]]
    shown: Mapping[str, Json] = field(default_factory=dict[str, Json], repr=False)


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A right proof of a new credential. `record` verifies it in one guarded statement, as `credentials.verify` does.

    Raises, when recorded: Conflict for one that was just confirmed, or has expired.
    """

    record: Callable[[Groups], Awaitable[Credential]]


@runtime_checkable
class Enrollable(Protocol):
    """A factor whose credentials are added and removed. Derive from `Factor` too, and name the kind in `credential_kinds`.

    Call it through `engine.enrollments`, which finds credentials, counts the tries of `confirm`, and tells the user and the audit
    log. No transaction is open in `begin` and `confirm`, so they may be slow.
    """

    async def begin(self, user: User, label: str | None = None) -> Enrollment:
        """Make a credential; nothing is stored yet."""
        ...

    async def confirm(self, user: User, credential: Credential, proof: Proof) -> Confirmation:
        """Compare with a credential of this user and factor. Raises: WrongCode."""
        ...

    async def remove(self, tx: Groups, credential: Credential) -> Credential:
        """Delete it in one guarded statement, and return what was deleted. Raises: NotFound."""
        removed = await tx.credentials.delete(credential.instance_id, credential.user_id, credential.id)
        if removed is None:
            raise NotFound("This account has no such credential.")
        return removed
