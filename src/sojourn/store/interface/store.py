"""The store: its groups, transactions and maintenance."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from sojourn.instant import Instant
from sojourn.store.interface.administrators import AdministratorStore
from sojourn.store.interface.app_data import AppDataStore
from sojourn.store.interface.budgets import BudgetStore
from sojourn.store.interface.clients import ClientStore
from sojourn.store.interface.credentials import CredentialStore
from sojourn.store.interface.events import EventStore
from sojourn.store.interface.images import ImageStore
from sojourn.store.interface.instances import InstanceStore
from sojourn.store.interface.outbox import OutboxStore
from sojourn.store.interface.records import RecordStore
from sojourn.store.interface.session_batches import SessionBatchStore
from sojourn.store.interface.session_uses import RefusalStore, SessionUseStore
from sojourn.store.interface.sessions import SessionStore
from sojourn.store.interface.settings_changes import SettingsChangeStore
from sojourn.store.interface.shared_counts import SharedCountStore
from sojourn.store.interface.sign_ins import SignInStore
from sojourn.store.interface.sign_ups import SignUpStore
from sojourn.store.interface.tickets import TicketStore
from sojourn.store.interface.users import UserStore
from sojourn.store.interface.verifications import VerificationStore


class Groups(Protocol):
    @property
    def instances(self) -> InstanceStore: ...
    @property
    def settings_changes(self) -> SettingsChangeStore: ...
    @property
    def users(self) -> UserStore: ...
    @property
    def images(self) -> ImageStore: ...
    @property
    def clients(self) -> ClientStore: ...
    @property
    def sessions(self) -> SessionStore: ...
    @property
    def session_batches(self) -> SessionBatchStore: ...
    @property
    def session_uses(self) -> SessionUseStore: ...
    @property
    def refusals(self) -> RefusalStore: ...
    @property
    def sign_ins(self) -> SignInStore: ...
    @property
    def sign_ups(self) -> SignUpStore: ...
    @property
    def verifications(self) -> VerificationStore: ...
    @property
    def credentials(self) -> CredentialStore: ...
    @property
    def tickets(self) -> TicketStore: ...
    @property
    def records(self) -> RecordStore: ...
    @property
    def administrators(self) -> AdministratorStore: ...
    @property
    def app_data(self) -> AppDataStore: ...
    @property
    def budgets(self) -> BudgetStore: ...
    @property
    def events(self) -> EventStore: ...
    @property
    def outbox(self) -> OutboxStore: ...


class Store(Groups, Protocol):
    @property
    def shared_counts(self) -> SharedCountStore | None:
        """The counters that all nodes share; None if a single process counts in memory."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Groups]:
        """A transaction: committed on normal exit, rolled back on any exception.

        Raises: Overloaded if none can be opened.
        """
        ...

    async def migrate(self) -> None:
        """Bring the schema up to date. Raises: ConfigError when the database is newer than this code."""
        ...

    async def build(self) -> float | None:
        """Build one step of the indexes that `migrate` leaves for later, while others read and write. Returns the
        seconds to wait before the next step, None when nothing is left to do. Lists work without these indexes until
        then, only slower.
        """
        ...

    def unbuilt(self) -> Sequence[str]:
        """The names of the indexes that `build` has not yet made, as far as this process knows."""
        ...

    async def peppers_in_use(self) -> Sequence[str]:
        """The pepper key ids in use by stored passwords of all instances and of unfinished sign-ups (R-PWD-02)."""
        ...

    async def chain_events(self, *, max_rows: int) -> int:
        """Chain committed entries of the audit log, up to `max_rows` per instance, and return how many
        (docs/decisions/0018). An entry that was committed before another was written precedes it in the chain.
        Concurrent calls are safe. Raises: Overloaded; Conflict, after all other instances are done, if rows of an
        instance were changed so that its chain cannot continue.
        """
        ...

    async def purge(self, before: Instant, *, max_rows: int) -> int:
        """Delete up to `max_rows` expired sign-ins, sign-ups, verifications, nonces, app data, credentials, budgets,
        uses of sessions and counts of refusals
        each, and return the total.
        """
        ...

    async def purge_unused_clients(self, before: Instant, *, max_rows: int) -> int:
        """Delete up to `max_rows` clients without any sign-in and without activity since then, and return how many."""
        ...

    async def purge_expired_clients(self, before: Instant, *, max_rows: int) -> int:
        """Delete up to `max_rows` clients whose cookie has expired by then and that have no live session, and return how
        many. Their ended sessions stay.
        """
        ...

    async def close(self) -> None: ...
