"""One codec per stored value; the order of columns is that of `tables.py`."""

from collections.abc import Sequence
from typing import Any

import msgspec

from sojourn.events.event import Event
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.secret_keys import Scope
from sojourn.instances.settings import Settings
from sojourn.instant import Instant
from sojourn.sessions.client import Client
from sojourn.sessions.session import Device, Session, SessionStatus
from sojourn.sign_ins.sign_in import SignIn, SignInStatus
from sojourn.sign_ins.ticket import Ticket, TicketKind, TicketStatus
from sojourn.sign_ups.sign_up import SignUp, SignUpStatus
from sojourn.store.interface import DevBrowser, OutboxMessage, Record, SecretKey, StoredSigningKey, Tries
from sojourn.store.sql import tables
from sojourn.store.sql.codec import (
    Codec,
    costed_password_columns,
    from_json,
    length,
    length_millis,
    millis,
    moment,
    optional_from_json,
    optional_json,
    password,
    password_columns,
    to_json,
)
from sojourn.users.images import Image
from sojourn.users.user import Identifier, IdentifierKind, User

Row = Sequence[Any]

_USER_STATUS = {status.value: status for status in SessionStatus}


def _instance(r: Row) -> Instance:
    return Instance(
        r[0], Environment(r[1]), r[2], r[3], msgspec.json.decode(r[4], type=Settings), Instant(r[5]), Instant(r[6]), r[7]
    )


def _instance_row(each: Instance) -> dict[str, object]:
    return {
        "id": each.id, "environment": each.environment.value, "publishable_key": each.publishable_key,
        "public_url": each.public_url, "settings": to_json(each.settings),
        "created_at": each.created_at.millis, "updated_at": each.updated_at.millis, "keys_version": each.keys_version,
    }  # fmt: skip


def _secret_key(r: Row) -> SecretKey:
    return SecretKey(r[0], r[1], bytes(r[2]), Instant(r[3]), moment(r[4]), Scope(r[5]), moment(r[6]))


def _secret_key_row(each: SecretKey) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "secret_hash": each.secret_hash,
        "created_at": each.created_at.millis, "revoked_at": millis(each.revoked_at), "scope": each.scope.value,
        "last_used_at": millis(each.last_used_at),
    }  # fmt: skip


def _signing_key(r: Row) -> StoredSigningKey:
    return StoredSigningKey(r[0], r[1], bytes(r[2]), r[3], Instant(r[4]), Instant(r[5]), moment(r[6]))


def _signing_key_row(each: StoredSigningKey) -> dict[str, object]:
    return {
        "kid": each.kid, "algorithm": str(each.algorithm), "sealed_private": each.sealed_private,
        "public_pem": each.public_pem, "created_at": each.created_at.millis, "active_from": each.active_from.millis,
        "retired_at": millis(each.retired_at),
    }  # fmt: skip


def user_owning(r: Row, identifiers: tuple[Identifier, ...] = ()) -> User:
    return User(
        r[0], r[1], Instant(r[2]), Instant(r[3]), r[4], r[5], r[6], r[7], r[8], r[9], r[10],
        password(r[11], r[12], r[13]), moment(r[14]), from_json(r[15]), from_json(r[16]), from_json(r[17]),
        bool(r[18]), moment(r[19]), moment(r[20]), r[21], moment(r[22]), moment(r[23]), bool(r[24]), bool(r[25]),
        r[26], bool(r[27]), moment(r[28]), r[29], r[30], r[31], moment(r[32]), moment(r[34]), identifiers,
    )  # fmt: skip


def _user_row(each: User) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis, "username": each.username, "username_key": each.username_key,
        "first_name": each.first_name, "last_name": each.last_name, "external_id": each.external_id,
        "primary_email_address_id": each.primary_email_address_id,
        "primary_phone_number_id": each.primary_phone_number_id, **costed_password_columns(each.password),
        "password_changed_at": millis(each.password_changed_at), "public_metadata": to_json(each.public_metadata),
        "private_metadata": to_json(each.private_metadata), "unsafe_metadata": to_json(each.unsafe_metadata),
        "banned": each.banned, "locked_at": millis(each.locked_at), "locked_until": millis(each.locked_until),
        "failed_tries": each.failed_tries, "last_sign_in_at": millis(each.last_sign_in_at),
        "last_active_at": millis(each.last_active_at), "delete_self_enabled": each.delete_self_enabled,
        "create_organization_enabled": each.create_organization_enabled,
        "create_organizations_limit": each.create_organizations_limit,
        "bypass_client_trust": each.bypass_client_trust, "legal_accepted_at": millis(each.legal_accepted_at),
        "locale": each.locale, "password_failures": each.password_failures,
        "image_id": each.image_id,
        "password_compromised_at": millis(each.password_compromised_at),
        "devices_forgotten_at": millis(each.devices_forgotten_at),
    }  # fmt: skip


def tries(r: Row) -> Tries:
    return Tries(r[0], moment(r[1]), r[2])


def _identifier(r: Row) -> Identifier:
    return Identifier(
        r[0],
        r[1],
        r[2],
        IdentifierKind(r[3]),
        r[4],
        r[5],
        moment(r[6]),
        r[7],
        bool(r[8]),
        Instant(r[9]),
        Instant(r[10]),
    )


def _identifier_row(each: Identifier) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "user_id": each.user_id, "kind": each.kind.value,
        "value": each.value, "canonical": each.canonical, "verified_at": millis(each.verified_at),
        "verification_strategy": each.verification_strategy, "reserved": each.reserved,
        "created_at": each.created_at.millis, "updated_at": each.updated_at.millis,
    }  # fmt: skip


def _image(r: Row) -> Image:
    return Image(r[0], r[1], r[2], bytes(r[3]), Instant(r[4]))


def _image_row(each: Image) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "user_id": each.user_id, "content": each.content,
        "created_at": each.created_at.millis,
    }  # fmt: skip


def _client(r: Row) -> Client:
    return Client(
        r[0], r[1], bytes(r[2]), Instant(r[3]), Instant(r[4]), Instant(r[5]), Instant(r[6]),
        None if r[7] is None else bytes(r[7]), moment(r[8]), r[9], r[10], r[11], r[12], r[13],
        {} if r[14] is None else msgspec.json.decode(r[14], type=dict[str, int]),
    )  # fmt: skip


def _client_row(each: Client) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "secret_hash": each.secret_hash,
        "created_at": each.created_at.millis, "updated_at": each.updated_at.millis,
        "signed_in_changed_at": each.signed_in_changed_at.millis, "expire_at": each.expire_at.millis,
        "previous_secret_hash": each.previous_secret_hash, "previous_secret_until": millis(each.previous_secret_until),
        "last_active_session_id": each.last_active_session_id, "sign_in_id": each.sign_in_id,
        "sign_up_id": each.sign_up_id, "last_authentication_strategy": each.last_authentication_strategy,
        "generation": each.generation, "earlier_secrets": to_json(each.earlier_secrets) if each.earlier_secrets else None,
    }  # fmt: skip


def _dev_browser(r: Row) -> DevBrowser:
    return DevBrowser(bytes(r[0]), r[1], r[2], Instant(r[3]), r[4], moment(r[5]))


def _dev_browser_row(each: DevBrowser) -> dict[str, object]:
    return {
        "token_hash": each.token_hash, "instance_id": each.instance_id, "client_id": each.client_id,
        "created_at": each.created_at.millis, "generation": each.generation,
        "replaced_until": millis(each.replaced_until),
    }  # fmt: skip


def _session(r: Row) -> Session:
    inactivity = length(r[9])
    assert inactivity is not None
    return Session(
        r[0], r[1], r[2], r[3], _USER_STATUS[r[4]], Instant(r[5]), Instant(r[6]), Instant(r[7]), Instant(r[8]),
        inactivity, moment(r[10]), moment(r[11]), optional_from_json(r[12]),
        Device(r[13], r[14], r[15], r[16], r[17], bool(r[18]), r[19], r[20]), from_json(r[21]), from_json(r[22]), r[23],
        r[24],
    )  # fmt: skip


def _session_row(each: Session) -> dict[str, object]:
    device = each.device
    return {
        "id": each.id, "instance_id": each.instance_id, "client_id": each.client_id, "user_id": each.user_id,
        "status": each.status.value, "created_at": each.created_at.millis, "updated_at": each.updated_at.millis,
        "expire_at": each.expire_at.millis, "last_active_at": each.last_active_at.millis,
        "inactivity": length_millis(each.inactivity), "first_factor_at": millis(each.first_factor_at),
        "second_factor_at": millis(each.second_factor_at), "actor": optional_json(each.actor),
        "ip_address": device.ip_address, "user_agent": device.user_agent, "browser_name": device.browser_name,
        "browser_version": device.browser_version, "device_type": device.device_type, "is_mobile": device.is_mobile,
        "city": device.city, "country": device.country, "public_data": to_json(each.public_data),
        "private_data": to_json(each.private_data), "last_active_organization_id": each.last_active_organization_id,
        "generation": each.generation,
    }  # fmt: skip


def _sign_in(r: Row) -> SignIn:
    return SignIn(
        r[0],
        r[1],
        r[2],
        SignInStatus(r[3]),
        r[4],
        r[5],
        Instant(r[6]),
        Instant(r[7]),
        Instant(r[8]),
        r[9],
        r[10],
        r[11],
    )


def _sign_in_row(each: SignIn) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "client_id": each.client_id, "status": each.status.value,
        "identifier": each.identifier, "user_id": each.user_id, "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis, "abandon_at": each.abandon_at.millis, "strategy": each.strategy,
        "verification_id": each.verification_id, "created_session_id": each.created_session_id,
    }  # fmt: skip


def _sign_up(r: Row) -> SignUp:
    return SignUp(
        r[0], r[1], r[2], SignUpStatus(r[3]), Instant(r[4]), Instant(r[5]), Instant(r[6]), r[7], r[8], moment(r[9]),
        bool(r[10]), r[11], r[12], r[13], r[14], r[15], password(r[16], r[17], r[18]), from_json(r[19]), r[20], r[21],
        r[22], r[23], bool(r[24]),
    )  # fmt: skip


def _sign_up_row(each: SignUp) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "client_id": each.client_id, "status": each.status.value,
        "created_at": each.created_at.millis, "updated_at": each.updated_at.millis,
        "abandon_at": each.abandon_at.millis, "email_address": each.email_address,
        "email_canonical": each.email_canonical, "email_verified_at": millis(each.email_verified_at),
        "email_taken": each.email_taken, "verification_id": each.verification_id, "username": each.username,
        "username_key": each.username_key, "first_name": each.first_name, "last_name": each.last_name,
        **password_columns(each.password), "unsafe_metadata": to_json(each.unsafe_metadata), "locale": each.locale,
        "created_user_id": each.created_user_id, "created_session_id": each.created_session_id,
        "external_id": each.external_id, "custom_action": each.custom_action,
    }  # fmt: skip


def _verification(r: Row) -> Verification:
    return Verification(
        r[0], r[1], r[2], r[3], VerificationStatus(r[4]), None if r[5] is None else bytes(r[5]), r[6], r[7],
        Instant(r[8]), Instant(r[9]), r[10], moment(r[11]), None if r[12] is None else bytes(r[12]), moment(r[13]),
    )  # fmt: skip


def _verification_row(each: Verification) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "owner_id": each.owner_id, "strategy": each.strategy,
        "status": each.status.value, "proof_hash": each.proof_hash, "tries": each.tries, "max_tries": each.max_tries,
        "created_at": each.created_at.millis, "expire_at": each.expire_at.millis, "identifier_id": each.identifier_id,
        "verified_at": millis(each.verified_at), "link_hash": each.link_hash, "admitted_at": millis(each.admitted_at),
    }  # fmt: skip


def _ticket(r: Row) -> Ticket:
    return Ticket(
        r[0], r[1], TicketKind(r[2]), r[3], bytes(r[4]), TicketStatus(r[5]), Instant(r[6]), Instant(r[7]),
        Instant(r[8]), optional_from_json(r[9]), length(r[10]),
    )  # fmt: skip


def _ticket_row(each: Ticket) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "kind": each.kind.value, "user_id": each.user_id,
        "secret_hash": each.secret_hash, "status": each.status.value, "created_at": each.created_at.millis,
        "updated_at": each.updated_at.millis, "expire_at": each.expire_at.millis, "actor": optional_json(each.actor),
        "session_max": length_millis(each.session_max),
    }  # fmt: skip


def _record(r: Row) -> Record:
    return Record(r[0], r[1], r[2], r[3], from_json(r[4]), Instant(r[5]), Instant(r[6]))


def _record_row(each: Record) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "kind": each.kind, "key": each.key, "body": to_json(each.body),
        "created_at": each.created_at.millis, "updated_at": each.updated_at.millis,
    }  # fmt: skip


_EVENT = ("id", "instance_id", "kind", "at", "actor", "user_id", "target", "ip_address", "user_agent", "details")


def _event(r: Row) -> Event:
    return Event(r[1], r[2], Instant(r[3]), r[4], r[5], r[6], r[7], r[8], from_json(r[9]), r[0])


def _event_row(each: Event) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "kind": each.kind, "at": each.at.millis, "actor": each.actor,
        "user_id": each.user_id, "target": each.target, "ip_address": each.ip_address, "user_agent": each.user_agent,
        "details": to_json(each.details),
    }  # fmt: skip


def _message(r: Row) -> OutboxMessage:
    return OutboxMessage(r[0], r[1], r[2], r[3], bytes(r[4]), Instant(r[5]), Instant(r[6]), r[7])


def _message_row(each: OutboxMessage) -> dict[str, object]:
    return {
        "id": each.id, "instance_id": each.instance_id, "kind": each.kind, "to": each.to,
        "sealed_body": each.sealed_body, "created_at": each.created_at.millis, "next_try_at": each.next_try_at.millis,
        "tries": each.tries,
    }  # fmt: skip


_SIGNING_KEY = ("kid", "algorithm", "sealed_private", "public_pem", "created_at", "active_from", "retired_at")
_SESSION = [column.name for column in tables.sessions.columns if not column.name.startswith("earlier_")]

instance = Codec(tables.instances, _instance, _instance_row)
secret_key = Codec(tables.secret_keys, _secret_key, _secret_key_row)
signing_key = Codec(tables.signing_keys, _signing_key, _signing_key_row, _SIGNING_KEY)
user = Codec(tables.users, user_owning, _user_row)
identifier = Codec(tables.identifiers, _identifier, _identifier_row)
image = Codec(tables.images, _image, _image_row)
client = Codec(tables.clients, _client, _client_row)
dev_browser = Codec(tables.dev_browsers, _dev_browser, _dev_browser_row)
session = Codec(tables.sessions, _session, _session_row, _SESSION)
sign_in = Codec(tables.sign_ins, _sign_in, _sign_in_row)
sign_up = Codec(tables.sign_ups, _sign_up, _sign_up_row)
verification = Codec(tables.verifications, _verification, _verification_row)
ticket = Codec(tables.tickets, _ticket, _ticket_row)
record = Codec(tables.records, _record, _record_row)
event = Codec(tables.events, _event, _event_row, _EVENT)
unchained_event = Codec(tables.unchained_events, _event, _event_row, _EVENT)
message = Codec(tables.outbox, _message, _message_row)
