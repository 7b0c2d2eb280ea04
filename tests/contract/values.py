"""Whole values to store, each different in what must be unique; and racing callers."""

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

from sojourn import ids
from sojourn.errors import Overloaded
from sojourn.factors.credential import Credential, credential_id
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import InstanceId, UserId
from sojourn.instant import Instant
from sojourn.sessions.batch import BatchStatus, SessionBatch
from sojourn.sessions.client import Client
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.session import Device, Ending, Session, SessionStatus
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.sign_ins.ticket import Ticket, TicketKind, TicketStatus
from sojourn.sign_ups.sign_up import SignUp, SignUpStatus
from sojourn.store.interface import Groups, Store
from sojourn.users.user import Identifier, IdentifierKind, User

NOW = Instant(1_770_000_000_000)
LATER = NOW + timedelta(minutes=1)
RACERS = 50

T = TypeVar("T")
G = TypeVar("G")


def digest() -> bytes:
    return hashlib.sha256(secrets.token_bytes(32)).digest()


def an_address(user_id: UserId, instance_id: InstanceId, value: str, **given: Any) -> Identifier:
    kind = IdentifierKind.EMAIL_ADDRESS if "@" in value else IdentifierKind.PHONE_NUMBER
    address = Identifier(
        id=ids.identifier_id(), instance_id=instance_id, user_id=user_id, kind=kind, value=value,
        canonical=value.casefold(), verified_at=NOW, verification_strategy="email_code", reserved=False,
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    return replace(address, **given)


def a_user(instance_id: InstanceId, *addresses: str, **given: Any) -> User:
    """A user with these e-mail addresses or phone numbers, the first of them primary."""
    user_id = ids.user_id()
    owned = tuple(
        an_address(user_id, instance_id, each, created_at=NOW + timedelta(milliseconds=n))
        for n, each in enumerate(addresses)
    )
    user = User(
        id=user_id, instance_id=instance_id, created_at=NOW, updated_at=NOW, identifiers=owned,
        primary_email_address_id=next((each.id for each in owned if each.kind is IdentifierKind.EMAIL_ADDRESS), None),
    )  # fmt: skip
    return replace(user, **given)


def a_full_user(instance_id: InstanceId) -> User:
    """A user with something in every field."""
    return a_user(
        instance_id, "ada@example.com", "+4915112345678", "countess@example.com",
        username="Ada", username_key="ada", first_name="Ada", last_name="Lovelace", external_id="42",
        password=StoredPassword("argon2id", "$argon2id$…", "pepper_1"), password_changed_at=NOW,
        public_metadata={"role": "admin", "deep": [1, 2.5, None, {"ä": "ö"}]}, private_metadata={"nul": "\x00"},
        unsafe_metadata={"theme": "dark"}, banned=True, locked_at=NOW, locked_until=LATER, failed_tries=10, password_failures=7,
        last_sign_in_at=NOW, last_active_at=LATER, delete_self_enabled=False, create_organization_enabled=False,
        create_organizations_limit=3, bypass_client_trust=True, legal_accepted_at=NOW, locale="de-DE", image_id="img_1",
        password_compromised_at=LATER, devices_forgotten_at=NOW, ban_reason="spam", delete_at=LATER, banned_before_deletion=True,
    )  # fmt: skip


def a_client(instance_id: InstanceId, **given: Any) -> Client:
    client = Client(
        id=ids.client_id(), instance_id=instance_id, secret_hash=digest(), created_at=NOW, updated_at=NOW,
        signed_in_changed_at=NOW, expire_at=NOW + timedelta(days=14),
    )  # fmt: skip
    return replace(client, **given)


def an_end(status: SessionStatus, at: Instant) -> Ending:
    return Ending(status, EndCause.REVOKED, at, by="operator")


def a_session(user: User, client: Client, **given: Any) -> Session:
    session = Session(
        id=ids.session_id(), instance_id=user.instance_id, client_id=client.id, user_id=user.id,
        status=SessionStatus.ACTIVE, created_at=NOW, updated_at=NOW, expire_at=NOW + timedelta(days=7),
        last_active_at=NOW, inactivity=timedelta(days=1), first_factor_at=NOW, generation=client.generation,
    )  # fmt: skip
    return replace(session, **given)


def a_batch(instance_id: InstanceId, **which: Any) -> SessionBatch:
    return SessionBatch(
        ids.new_id("sbat_"), instance_id, BatchStatus.RUNNING, EndCause.REVOKED, "admin:user_1", which, 0, 0, NOW, NOW
    )


def a_full_session(user: User, client: Client) -> Session:
    return a_session(
        user, client, second_factor_at=LATER, actor={"sub": "user_admin"}, public_data={"a": [1]}, private_data={"b": 2},
        device=Device("192.0.2.1", "Mozilla/5.0", "Firefox", "140", "desktop", True, "Berlin", "DE"),
        last_active_organization_id="org_1",
    )  # fmt: skip


def a_verification(instance_id: InstanceId, owner_id: str = "sia_owner", **given: Any) -> Verification:
    verification = Verification(
        id=ids.verification_id(), instance_id=instance_id, owner_id=owner_id, strategy="email_code",
        status=VerificationStatus.UNVERIFIED, proof_hash=digest(), tries=0, max_tries=5, created_at=NOW,
        expire_at=NOW + timedelta(minutes=10), identifier_id=ids.identifier_id(),
    )  # fmt: skip
    return replace(verification, **given)


def a_sign_in(client: Client, user: User | None = None, **given: Any) -> SignIn:
    sign_in = SignIn(
        id=ids.sign_in_id(), instance_id=client.instance_id, client_id=client.id,
        status=SignInStatus.NEEDS_FIRST_FACTOR, identifier="ada@example.com", user_id=user.id if user else None,
        created_at=NOW, updated_at=NOW, abandon_at=NOW + timedelta(minutes=10), strategy="password",
    )  # fmt: skip
    return replace(sign_in, **given)


def a_sign_up(client: Client, **given: Any) -> SignUp:
    sign_up = SignUp(
        id=ids.sign_up_id(), instance_id=client.instance_id, client_id=client.id,
        status=SignUpStatus.MISSING_REQUIREMENTS, created_at=NOW, updated_at=NOW,
        abandon_at=NOW + timedelta(days=1), email_address="Ada@example.com", email_canonical="ada@example.com",
        email_verified_at=NOW, email_taken=True, verification_id=ids.verification_id(), username="Ada",
        username_key="ada", first_name="Ada", last_name="Lovelace", password=StoredPassword("argon2id", "$…"),
        unsafe_metadata={"plan": "pro"}, locale="en", created_user_id=None, created_session_id=None,
        external_id="crm-1", custom_action=True,
    )  # fmt: skip
    return replace(sign_up, **given)


def a_ticket(user: User, **given: Any) -> Ticket:
    ticket = Ticket(
        id=ids.new_id("sit_"), instance_id=user.instance_id, kind=TicketKind.SIGN_IN, user_id=user.id,
        secret_hash=digest(), status=TicketStatus.PENDING, created_at=NOW, updated_at=NOW,
        expire_at=NOW + timedelta(minutes=5),
    )  # fmt: skip
    return replace(ticket, **given)


def a_credential(user: User, **given: Any) -> Credential:
    credential = Credential(
        id=credential_id(), instance_id=user.instance_id, user_id=user.id, kind="totp", key=None, label=None, body=b"sealed",
        counter=0, verified_at=NOW, last_used_at=None, expire_at=None, created_at=NOW, updated_at=NOW,
    )  # fmt: skip
    return replace(credential, **given)


async def signed_in(store: Groups, instance_id: InstanceId, *addresses: str) -> tuple[User, Client, Session]:
    """A user, a client and a live session of theirs, all stored."""
    user, client = a_user(instance_id, *addresses), a_client(instance_id)
    session = a_session(user, client)
    await store.users.create(user)
    await store.clients.create(client)
    await store.sessions.create(session)
    return user, client, session


async def race(nodes: Sequence[Store], call: Callable[[Store], Awaitable[T]], racers: int = RACERS) -> list[T]:
    """What each of the racers got, spread over all nodes and started at once.

    One that found no free connection asks again: what is refused as busy has done nothing (R-REL-03).
    """
    return list(await asyncio.gather(*[_begin(call, nodes[n % len(nodes)]) for n in range(racers)]))


async def race_each(nodes: Sequence[Store], call: Callable[[Store, G], Awaitable[T]], given: Sequence[G]) -> list[T]:
    """As `race`, with a value for each racer, which asks again with the same one."""
    racers = [partial(_with, call, value) for value in given]
    return list(await asyncio.gather(*[_begin(racer, nodes[n % len(nodes)]) for n, racer in enumerate(racers)]))


async def _with(call: Callable[[Store, G], Awaitable[T]], value: G, node: Store) -> T:
    return await call(node, value)


async def _begin(call: Callable[[Store], Awaitable[T]], node: Store) -> T:
    while True:
        with suppress(Overloaded):
            return await call(node)
        # a circuit that is open refuses before anything is waited for: the probe that closes it needs its turn
        await asyncio.sleep(0)
