"""What a store promises. Outcomes, not queries; `tests/contract/` runs one suite on every store.

Every method takes the instance id from the caller's credential (R-AUZ-02). A method that a race can hit is decided by one
guarded statement, and says what the loser sees. `Store` groups act each in a transaction of their own; the same groups
on the value of `store.transaction()` act together or not at all.
"""

from sojourn.store.interface.app_data import AppData
from sojourn.store.interface.budgets import Budgets
from sojourn.store.interface.clients import ClientFacts, Clients, DevBrowser
from sojourn.store.interface.events import EventFilter, Events, UnchainedEvents
from sojourn.store.interface.images import Images
from sojourn.store.interface.instances import Instances, SecretKey, StoredSigningKey
from sojourn.store.interface.outbox import OutboxMessage
from sojourn.store.interface.paging import Page
from sojourn.store.interface.records import Record, RecordKind, Records
from sojourn.store.interface.sessions import MintFacts, SessionFilter, Sessions
from sojourn.store.interface.shared_counts import SharedCounts
from sojourn.store.interface.sign_ins import SignIns
from sojourn.store.interface.sign_ups import SignUps
from sojourn.store.interface.store import Groups, Store
from sojourn.store.interface.tickets import Tickets
from sojourn.store.interface.users import Tries, UserFilter, UserOrder, Users
from sojourn.store.interface.verifications import Verifications

__all__ = [
    "AppData",
    "Budgets",
    "ClientFacts",
    "Clients",
    "DevBrowser",
    "EventFilter",
    "Events",
    "Groups",
    "Images",
    "Instances",
    "MintFacts",
    "OutboxMessage",
    "Page",
    "Record",
    "RecordKind",
    "Records",
    "SecretKey",
    "SessionFilter",
    "Sessions",
    "SharedCounts",
    "SignIns",
    "SignUps",
    "Store",
    "StoredSigningKey",
    "Tickets",
    "Tries",
    "UnchainedEvents",
    "UserFilter",
    "UserOrder",
    "Users",
    "Verifications",
]
