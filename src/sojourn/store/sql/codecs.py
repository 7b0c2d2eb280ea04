"""One codec per stored value, derived from its table and itself."""

from sojourn.events.event import Event
from sojourn.factors.credential import Credential
from sojourn.factors.password_costs import cost_of
from sojourn.factors.verification import Verification
from sojourn.instances.instance import Instance
from sojourn.sessions.client import Client
from sojourn.sessions.session import Session
from sojourn.sign_ins.sign_in import SignIn
from sojourn.sign_ins.ticket import Ticket
from sojourn.sign_ups.sign_up import SignUp
from sojourn.store.interface import DevBrowser, OutboxMessage, Record, SecretKey, StoredSigningKey, Tries
from sojourn.store.sql import tables
from sojourn.store.sql.codec import Codec
from sojourn.users.images import Image
from sojourn.users.user import Identifier, User

instance = Codec(tables.instances, Instance)
secret_key = Codec(tables.secret_keys, SecretKey)
signing_key = Codec(tables.signing_keys, StoredSigningKey)
user = Codec(
    tables.users, User, without={"identifiers": ()}, computed={"password_cost": lambda user: cost_of(user.password)}
)
tries = Codec(tables.users, Tries)
identifier = Codec(tables.identifiers, Identifier)
image = Codec(tables.images, Image)
client = Codec(tables.clients, Client)
dev_browser = Codec(tables.dev_browsers, DevBrowser)
session = Codec(tables.sessions, Session)
sign_in = Codec(tables.sign_ins, SignIn)
sign_up = Codec(tables.sign_ups, SignUp)
verification = Codec(tables.verifications, Verification)
credential = Codec(tables.credentials, Credential)
ticket = Codec(tables.tickets, Ticket)
record = Codec(tables.records, Record)
event = Codec(tables.events, Event)
unchained_event = Codec(tables.unchained_events, Event)
message = Codec(tables.outbox, OutboxMessage)
