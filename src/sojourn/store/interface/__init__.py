"""The store protocols. They promise outcomes, not queries; `tests/contract/` runs one suite on every store.

Every method takes the instance id from the caller's credential (R-AUZ-02). Races are decided by one guarded statement,
and the docstring says what the losing caller gets. Each call on a group of `Store` is its own transaction; calls on the
groups that `store.transaction()` yields are committed or rolled back together.
"""

from sojourn.store.interface.administrators import AdministratorStore
from sojourn.store.interface.app_data import AppDataStore
from sojourn.store.interface.budgets import BudgetStore
from sojourn.store.interface.clients import ClientFacts, ClientStore, DevBrowser
from sojourn.store.interface.credentials import CredentialStore
from sojourn.store.interface.events import ChainCheck, ChainPlace, EventFilter, EventStore, UnchainedEvents
from sojourn.store.interface.images import ImageStore
from sojourn.store.interface.instances import InstanceStore, SecretKey, StoredSigningKey
from sojourn.store.interface.outbox import OutboxMessage, OutboxStore
from sojourn.store.interface.paging import Page
from sojourn.store.interface.records import Record, RecordKind, RecordStore
from sojourn.store.interface.session_batches import SessionBatchStore
from sojourn.store.interface.session_search import FoundSession, Position, SessionOrder, SessionSearch
from sojourn.store.interface.session_uses import RefusalStore, SessionUseStore
from sojourn.store.interface.sessions import MintFacts, SessionFilter, SessionStore
from sojourn.store.interface.settings_changes import SettingsChangeStore
from sojourn.store.interface.shared_counts import SharedCountStore
from sojourn.store.interface.sign_ins import SignInStore
from sojourn.store.interface.sign_ups import SignUpStore
from sojourn.store.interface.store import Groups, Store
from sojourn.store.interface.tickets import TicketStore
from sojourn.store.interface.users import Tries, UserFilter, UserOrder, UserPlace, UserStore
from sojourn.store.interface.verifications import VerificationStore

__all__ = [
    "AdministratorStore",
    "AppDataStore",
    "BudgetStore",
    "ChainCheck",
    "ChainPlace",
    "ClientFacts",
    "ClientStore",
    "CredentialStore",
    "DevBrowser",
    "EventFilter",
    "EventStore",
    "FoundSession",
    "Groups",
    "ImageStore",
    "InstanceStore",
    "MintFacts",
    "OutboxMessage",
    "OutboxStore",
    "Page",
    "Position",
    "Record",
    "RecordKind",
    "RecordStore",
    "RefusalStore",
    "SecretKey",
    "SessionBatchStore",
    "SessionFilter",
    "SessionOrder",
    "SessionSearch",
    "SessionStore",
    "SessionUseStore",
    "SettingsChangeStore",
    "SharedCountStore",
    "SignInStore",
    "SignUpStore",
    "Store",
    "StoredSigningKey",
    "TicketStore",
    "Tries",
    "UnchainedEvents",
    "UserFilter",
    "UserOrder",
    "UserPlace",
    "UserStore",
    "VerificationStore",
]
