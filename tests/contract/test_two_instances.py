"""Two instances in one database: each method of the store, asked with one instance and the IDs of the other, finds nothing
and changes nothing (R-AUZ-02). A new method without a row in `_CASES` or `_OTHERS` fails here.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import text

from sojourn.console.administrator import Administrator, Invitation, InvitationStatus
from sojourn.console.roles import Role
from sojourn.errors import SojournError
from sojourn.events.event import Event
from sojourn.factors.credential import Credential
from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.verification import Verification
from sojourn.ids import InstanceId, SessionId, SignInId, new_id, session_id
from sojourn.ids import instance_id as new_instance_id
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.settings import Settings
from sojourn.instances.settings_change import SettingsChange
from sojourn.sessions.batch import SessionBatch
from sojourn.sessions.client import Client
from sojourn.sessions.session import Session, SessionStatus
from sojourn.sign_ins.sign_in import SignIn
from sojourn.sign_ins.ticket import Ticket, TicketStatus
from sojourn.sign_ups.sign_up import SignUp
from sojourn.store.interface import (
    DevBrowser,
    EventFilter,
    Groups,
    Page,
    Record,
    SecretKey,
    SessionFilter,
    SessionSearch,
    Store,
    StoredSigningKey,
    UserFilter,
)
from sojourn.store.sql.connections import EngineDatabase
from sojourn.store.sql.rows.schema import metadata
from sojourn.users.images import Image
from sojourn.users.user import Identifier, User

from .values import (
    LATER,
    NOW,
    a_batch,
    a_client,
    a_credential,
    a_full_user,
    a_session,
    a_sign_in,
    a_sign_up,
    a_ticket,
    a_verification,
    an_address,
    an_end,
    digest,
)

_TABLES = sorted(metadata.tables)
_ROW = {"totp", "key"}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class World:
    """One row of each kind, of one instance."""

    instance_id: InstanceId
    user: User
    address: Identifier
    client: Client
    session: Session
    sign_in: SignIn
    sign_up: SignUp
    verification: Verification
    credential: Credential
    enrolling: Credential
    ticket: Ticket
    record: Record
    image: Image
    browser: DevBrowser
    secret_key: SecretKey
    change: SettingsChange
    invitation: Invitation
    nonce: bytes
    ended: Session
    batch: SessionBatch


async def _world(store: Store) -> World:
    instance_id = new_instance_id()
    user = replace(
        a_full_user(instance_id),
        delete_at=NOW,
        locked_at=NOW,
        locked_until=LATER,
        password=StoredPassword("bcrypt", "$2b$12$" + "a" * 53),
    )
    fresh = an_address(user.id, instance_id, "unproven@example.com", verified_at=None, reserved=False)
    user = replace(user, identifiers=(*user.identifiers, fresh))
    client = a_client(instance_id, previous_secret_hash=digest(), previous_secret_until=LATER)
    world = World(
        instance_id, user, fresh, client, a_session(user, client), a_sign_in(client, user), a_sign_up(client),
        a_verification(instance_id, link_hash=digest()), a_credential(user, key="key"),
        a_credential(user, verified_at=None), a_ticket(user),
        Record(new_id("tmpl_"), instance_id, "jwt_template", "crm", {"a": 1}, NOW, NOW),
        Image(new_id("img_"), instance_id, user.id, b"picture", NOW), DevBrowser(digest(), instance_id, client.id, NOW, 0),
        SecretKey(new_id("sk_"), instance_id, digest(), NOW),
        SettingsChange(new_id("stc_"), instance_id, NOW, "operator", "why", {}),
        _an_invitation(instance_id), digest(),
        a_session(user, client, status=SessionStatus.ENDED, ended_at=NOW), a_batch(instance_id),
    )  # fmt: skip
    settings = Settings(application_name="First")
    await store.instances.create(
        Instance(instance_id, Environment.DEVELOPMENT, "pk_test_x", "http://localhost:8000", settings, NOW, NOW)
    )
    await store.instances.add_secret_key(world.secret_key)
    await store.instances.add_signing_key(instance_id, _signing_key(f"kid_{instance_id}"))
    retiring = replace(_signing_key(f"old_{instance_id}"), retired_at=LATER)
    await store.instances.add_signing_key(instance_id, retiring)
    await store.users.create(user)
    await store.clients.create(client)
    await store.clients.create_dev_browser(world.browser)
    await store.sessions.create(world.session)
    await store.sessions.create(world.ended)
    await store.session_batches.create(world.batch)
    await store.sign_ins.create(world.sign_in)
    await store.sign_ups.create(world.sign_up)
    await store.verifications.start(world.verification)
    await store.credentials.create(world.credential)
    await store.credentials.create(world.enrolling)
    await store.tickets.create(world.ticket)
    await store.tickets.add_nonce(instance_id, world.nonce, ["a=b"], LATER)
    await store.records.create(world.record)
    await store.settings_changes.add(world.change)
    await store.administrators.add(Administrator(user.id, instance_id, Role.OWNER, NOW, NOW))
    await store.administrators.invite(world.invitation)
    await store.images.put(world.image)
    await store.app_data.put(instance_id, "visitor", {"a": 1}, NOW, expire_at=LATER)
    await store.budgets.spend(instance_id, "mail", "key", NOW, limit=9, window=_HOUR)
    await store.events.record(Event(instance_id, "user.created", NOW, "anonymous", user.id))
    await store.chain_events(max_rows=100)
    await store.events.record(Event(instance_id, "session.created", NOW, "anonymous", user.id))
    return world


def _an_invitation(instance_id: InstanceId) -> Invitation:
    pending = InvitationStatus.PENDING
    return Invitation(new_id("inv_"), instance_id, digest(), Role.VIEWER, None, pending, NOW, NOW, LATER, "operator")


def _signing_key(kid: str) -> StoredSigningKey:
    return StoredSigningKey(kid, "EdDSA", b"\x00sealed", "-----BEGIN", NOW, LATER)


Call = Callable[[Groups, InstanceId, World], Any]


_CASES: Mapping[str, Call] = {
    "administrators.find": lambda s, i, w: s.administrators.find(i, w.user.id),
    "administrators.all": lambda s, i, w: s.administrators.all(i),
    "administrators.lock_all": lambda s, i, w: s.administrators.lock_all(i),
    "administrators.set_role": lambda s, i, w: s.administrators.set_role(i, w.user.id, Role.VIEWER, LATER),
    "administrators.remove": lambda s, i, w: s.administrators.remove(i, w.user.id),
    "administrators.invitations": lambda s, i, w: s.administrators.invitations(i),
    "administrators.invitation": lambda s, i, w: s.administrators.invitation(i, w.invitation.secret_hash),
    "administrators.finish_invitation": lambda s, i, w: s.administrators.finish_invitation(
        i, w.invitation.id, InvitationStatus.REVOKED, NOW
    ),
    "app_data.find": lambda s, i, w: s.app_data.find(i, "visitor", NOW),
    "app_data.delete": lambda s, i, w: s.app_data.delete(i, "visitor"),
    "app_data.move": lambda s, i, w: s.app_data.move(i, "visitor", "other", NOW, expire_at=LATER, user_id=w.user.id),
    "budgets.spent": lambda s, i, w: s.budgets.spent(i, "mail", "key", NOW, window=_HOUR),
    "budgets.give_back": lambda s, i, w: s.budgets.give_back(i, "mail", "key"),
    "budgets.reset": lambda s, i, w: s.budgets.reset(i, "mail", "key"),
    "clients.find": lambda s, i, w: s.clients.find(i, w.client.id),
    "clients.find_by_secret": lambda s, i, w: s.clients.find_by_secret(i, w.client.secret_hash),
    "clients.facts": lambda s, i, w: s.clients.facts(i, w.client.secret_hash),
    "clients.rotate_secret": lambda s, i, w: s.clients.rotate_secret(
        replace(w.client, instance_id=i), digest(), LATER, grace=_HOUR
    ),
    "clients.set_attempts": lambda s, i, w: s.clients.set_attempts(
        replace(w.client, instance_id=i), LATER, sign_in_id=SignInId("sia_1"), sign_up_id=None
    ),
    "clients.set_last_active_session": lambda s, i, w: s.clients.set_last_active_session(
        replace(w.client, instance_id=i), SessionId("sess_1"), LATER
    ),
    "clients.note_signed_in_change": lambda s, i, w: s.clients.note_signed_in_change(i, w.client.id, LATER),
    "clients.begin_session": lambda s, i, w: s.clients.begin_session(
        i, w.client.id, session_id(), LATER, strategy="password"
    ),
    "clients.delete": lambda s, i, w: s.clients.delete(replace(w.client, instance_id=i)),
    "clients.list": lambda s, i, w: s.clients.list(i, Page(10)),
    "clients.count": lambda s, i, w: s.clients.count(i),
    "clients.find_dev_browser": lambda s, i, w: s.clients.find_dev_browser(i, w.browser.token_hash),
    "credentials.find": lambda s, i, w: s.credentials.find(i, w.credential.id),
    "credentials.find_by_key": lambda s, i, w: s.credentials.find_by_key(i, "totp", "key"),
    "credentials.of_user": lambda s, i, w: s.credentials.of_user(i, w.user.id, _ROW),
    "credentials.of_users": lambda s, i, w: s.credentials.of_users(i, [w.user.id], _ROW),
    "credentials.verify": lambda s, i, w: s.credentials.verify(i, w.enrolling.id, LATER),
    "credentials.use": lambda s, i, w: s.credentials.use(i, w.credential.id, LATER),
    "credentials.replace": lambda s, i, w: s.credentials.replace(
        replace(w.credential, instance_id=i), replace(w.credential, instance_id=i, label="new", updated_at=LATER)
    ),
    "credentials.delete": lambda s, i, w: s.credentials.delete(i, w.user.id, w.credential.id),
    "credentials.delete_kind": lambda s, i, w: s.credentials.delete_kind(i, w.user.id, "totp"),
    "events.list": lambda s, i, w: s.events.list(i, Page(10), EventFilter(user_id=w.user.id)),
    "events.check_chain": lambda s, i, w: _entries_checked(s, i),
    "images.find": lambda s, i, w: s.images.find(i, w.image.id),
    "images.delete_of_user": lambda s, i, w: s.images.delete_of_user(i, w.user.id),
    "instances.secret_keys": lambda s, i, w: s.instances.secret_keys(i),
    "instances.revoke_secret_key": lambda s, i, w: s.instances.revoke_secret_key(i, w.secret_key.id, LATER),
    "instances.signing_keys": lambda s, i, w: s.instances.signing_keys(i),
    "instances.retire_signing_key": lambda s, i, w: s.instances.retire_signing_key(i, f"kid_{w.instance_id}", LATER),
    "instances.keep_signing_key": lambda s, i, w: s.instances.keep_signing_key(i, f"old_{w.instance_id}", after=NOW),
    "instances.drop_signing_key": lambda s, i, w: s.instances.drop_signing_key(i, f"kid_{w.instance_id}"),
    "records.find": lambda s, i, w: s.records.find(i, "jwt_template", w.record.id),
    "records.find_by_key": lambda s, i, w: s.records.find_by_key(i, "jwt_template", "crm"),
    "records.list": lambda s, i, w: s.records.list(i, "jwt_template", Page(10)),
    "records.count": lambda s, i, w: s.records.count(i, "jwt_template"),
    "records.replace": lambda s, i, w: s.records.replace(replace(w.record, instance_id=i, key="other")),
    "records.delete": lambda s, i, w: s.records.delete(i, "jwt_template", w.record.id),
    "sessions.find": lambda s, i, w: s.sessions.find(i, w.session.id),
    "sessions.of_client": lambda s, i, w: s.sessions.of_client(i, w.client.id),
    "sessions.last_of_client": lambda s, i, w: s.sessions.last_of_client(i, w.client.id),
    "sessions.of_user": lambda s, i, w: s.sessions.of_user(i, w.user.id),
    "sessions.is_known_device": lambda s, i, w: s.sessions.is_known_device(i, w.client.id, w.user.id, since=NOW),
    "sessions.list": lambda s, i, w: s.sessions.list(i, SessionFilter(now=NOW, user_id=w.user.id), Page(10)),
    "sessions.count": lambda s, i, w: s.sessions.count(i, SessionFilter(now=NOW, client_id=w.client.id)),
    "sessions.finish": lambda s, i, w: s.sessions.finish(i, w.session.id, an_end(SessionStatus.REVOKED, LATER)),
    "sessions.finish_of_client": lambda s, i, w: s.sessions.finish_of_client(
        i, w.client.id, an_end(SessionStatus.REVOKED, LATER)
    ),
    "sessions.finish_of_user": lambda s, i, w: s.sessions.finish_of_user(
        i, w.user.id, an_end(SessionStatus.REVOKED, LATER)
    ),
    "sessions.finish_of_instance": lambda s, i, w: s.sessions.finish_of_instance(
        i, an_end(SessionStatus.REVOKED, LATER), max_rows=9
    ),
    "sessions.search": lambda s, i, w: s.sessions.search(i, SessionSearch(now=NOW), "last_active", None, limit=9),
    "sessions.search_count": lambda s, i, w: s.sessions.search_count(i, SessionSearch(now=NOW)),
    "sessions.purge_ended": lambda s, i, w: s.sessions.purge_ended(i, LATER, max_rows=9),
    "session_batches.find": lambda s, i, w: s.session_batches.find(i, w.batch.id),
    "session_batches.list": lambda s, i, w: s.session_batches.list(i, limit=9),
    "session_batches.step": lambda s, i, w: s.session_batches.step(replace(w.batch, instance_id=i), NOW, None, max_rows=9),
    "session_batches.finish": lambda s, i, w: s.session_batches.finish(replace(w.batch, instance_id=i), LATER),
    "sessions.save_data": lambda s, i, w: s.sessions.save_data(i, w.session.id, {"a": 1}, {}, LATER),
    "sessions.note_factor": lambda s, i, w: s.sessions.note_factor(i, w.session.id, LATER, generation=7),
    "sessions.renew": lambda s, i, w: s.sessions.renew(i, w.session.id, generation=7),
    "sessions.mint_facts": lambda s, i, w: s.sessions.mint_facts(i, w.client.secret_hash, w.session.id, NOW, with_user=True),
    "settings_changes.find": lambda s, i, w: s.settings_changes.find(i, w.change.id),
    "settings_changes.since": lambda s, i, w: s.settings_changes.since(i, NOW.before(_HOUR)),
    "settings_changes.list": lambda s, i, w: s.settings_changes.list(i, limit=9),
    "sign_ins.find": lambda s, i, w: s.sign_ins.find(i, w.sign_in.id),
    "sign_ins.move": lambda s, i, w: s.sign_ins.move(
        replace(w.sign_in, instance_id=i), replace(w.sign_in, instance_id=i, updated_at=LATER)
    ),
    "sign_ins.abandon_of_user": lambda s, i, w: s.sign_ins.abandon_of_user(i, w.user.id, NOW),
    "sign_ups.find": lambda s, i, w: s.sign_ups.find(i, w.sign_up.id),
    "sign_ups.move": lambda s, i, w: s.sign_ups.move(
        replace(w.sign_up, instance_id=i), replace(w.sign_up, instance_id=i, updated_at=LATER)
    ),
    "tickets.find": lambda s, i, w: s.tickets.find(i, w.ticket.kind, w.ticket.id),
    "tickets.find_by_secret": lambda s, i, w: s.tickets.find_by_secret(i, w.ticket.secret_hash),
    "tickets.finish": lambda s, i, w: s.tickets.finish(i, w.ticket.id, TicketStatus.ACCEPTED, NOW),
    "tickets.revoke_of_user": lambda s, i, w: s.tickets.revoke_of_user(i, w.user.id, LATER),
    "tickets.take_nonce": lambda s, i, w: s.tickets.take_nonce(i, w.nonce, NOW),
    "users.find": lambda s, i, w: s.users.find(i, w.user.id),
    "users.find_many": lambda s, i, w: s.users.find_many(i, [w.user.id] * 4),
    "users.find_by_identifier": lambda s, i, w: s.users.find_by_identifier(i, w.address.kind, w.address.canonical),
    "users.find_by_username": lambda s, i, w: s.users.find_by_username(i, "ada"),
    "users.list": lambda s, i, w: s.users.list(i, UserFilter(user_ids=[w.user.id], deleting=True), Page(10)),
    "users.count": lambda s, i, w: s.users.count(i, UserFilter(query="ada", deleting=None)),
    "users.save": lambda s, i, w: s.users.save(replace(w.user, instance_id=i, first_name="Eve"), expected=NOW),
    "users.upgrade_password": lambda s, i, w: s.users.upgrade_password(
        i, w.user.id, cast("StoredPassword", w.user.password), StoredPassword("argon2id", "$new")
    ),
    "users.spend_sign_in_try": lambda s, i, w: s.users.spend_sign_in_try(
        i, w.user.id, LATER, limit=99, lock_for=_HOUR, password_limit=99
    ),
    "users.spend_password_try": lambda s, i, w: s.users.spend_password_try(i, w.user.id, limit=99),
    "users.dearest_candidates": lambda s, i, w: s.users.dearest_candidates(i),
    "users.locked_by_tries_since": lambda s, i, w: s.users.locked_by_tries_since(i, NOW, max_rows=9),
    "users.due_for_deletion": lambda s, i, w: s.users.due_for_deletion(i, LATER, max_rows=9),
    "users.reset_password_failures": lambda s, i, w: s.users.reset_password_failures(i, w.user.id),
    "users.reset_sign_in_tries": lambda s, i, w: s.users.reset_sign_in_tries(i, w.user.id),
    "users.forget_devices": lambda s, i, w: s.users.forget_devices(i, w.user.id, LATER),
    "users.note_sign_in": lambda s, i, w: s.users.note_sign_in(i, w.user.id, LATER),
    "users.verify_identifier": lambda s, i, w: s.users.verify_identifier(i, w.address.id, "email_code", LATER),
    "users.unverify_identifier": lambda s, i, w: s.users.unverify_identifier(i, w.user.identifiers[0].id, LATER),
    "users.find_identifier": lambda s, i, w: s.users.find_identifier(i, w.address.id),
    "users.remove_identifier": lambda s, i, w: s.users.remove_identifier(i, w.address.id),
    "users.delete": lambda s, i, w: s.users.delete(i, w.user.id),
    "verifications.find": lambda s, i, w: s.verifications.find(i, w.verification.id),
    "verifications.newest_of": lambda s, i, w: s.verifications.newest_of(i, w.verification.owner_id),
    "verifications.spend_try": lambda s, i, w: s.verifications.spend_try(i, w.verification.id, NOW),
    "verifications.spend_all_tries": lambda s, i, w: s.verifications.spend_all_tries(i, w.verification.id, NOW),
    "verifications.consume": lambda s, i, w: s.verifications.consume(i, w.verification.id, None, NOW),
    "verifications.find_by_link": lambda s, i, w: s.verifications.find_by_link(i, cast("bytes", w.verification.link_hash)),
    "verifications.take_link": lambda s, i, w: s.verifications.take_link(
        i, cast("bytes", w.verification.link_hash), NOW.before(_HOUR)
    ),
    "verifications.admit": lambda s, i, w: s.verifications.admit(i, cast("bytes", w.verification.link_hash), NOW),
}  # fmt: skip
"""Each method, asked by instance `i` for the rows of the world `w`."""

_OTHERS: Mapping[str, str] = {
    "administrators.add": "inserts",
    "administrators.invite": "inserts",
    "app_data.put": "inserts",
    "budgets.spend": "inserts",
    "clients.create": "inserts",
    "clients.create_dev_browser": "inserts",
    "credentials.create": "inserts",
    "events.record": "inserts",
    "events.is_whole": "test_event_chain.py",
    "events.unchained": "test_event_chain.py",
    "images.put": "inserts",
    "instances.create": "the instance itself",
    "instances.all": "the instance itself",
    "instances.find": "the instance itself",
    "instances.save_settings": "the instance itself",
    "instances.set_address": "the instance itself",
    "instances.note_key_change": "the instance itself",
    "instances.add_secret_key": "inserts",
    "instances.add_signing_key": "inserts",
    "instances.find_secret_key": "spans instances",
    "instances.note_secret_key_use": "spans instances",
    "outbox.enqueue": "inserts",
    "outbox.claim": "spans instances",
    "outbox.remove": "spans instances",
    "records.create": "inserts",
    "session_batches.create": "inserts",
    "session_batches.running": "spans instances",
    "sessions.create": "inserts",
    "sessions.stamp": "spans instances",
    "sessions.touch_many": "spans instances",
    "sessions.finish_timed_out": "spans instances",
    "settings_changes.add": "inserts",
    "session_uses.add": "test_session_uses.py",
    "session_uses.find": "test_session_uses.py",
    "refusals.add": "test_session_uses.py",
    "refusals.by_reason": "test_session_uses.py",
    "sign_ins.create": "inserts",
    "sign_ups.create": "inserts",
    "tickets.create": "inserts",
    "tickets.add_nonce": "inserts",
    "users.create": "inserts",
    "users.add_identifier": "inserts",
    "verifications.start": "inserts",
}
"""Methods that are not asked here, with the reason."""


def _methods() -> list[str]:
    groups = {
        name: inspect.signature(member.fget)
        for name, member in vars(Groups).items()
        if isinstance(member, property) and member.fget
    }
    found: list[str] = []
    for name, read in groups.items():
        group = read.return_annotation
        found += [
            f"{name}.{method}" for method in vars(group) if inspect.isfunction(vars(group)[method]) and method[0] != "_"
        ]
    return sorted(found)


def test_each_method_of_the_store_is_asked_or_says_why_not() -> None:
    assert _methods() == sorted([*_CASES, *_OTHERS])


async def test_ids_of_another_instance_are_as_unknown_as_none(store: Store) -> None:  # R-AUZ-02
    world, other = await _world(store), new_instance_id()
    before = await _rows(store)
    for method, ask in _CASES.items():
        try:
            answer = await ask(store, other, world)
        except SojournError:
            answer = None  # as for an unknown ID
        assert not answer, method
        assert await _rows(store) == before, method


async def test_the_same_calls_by_their_own_instance_find_or_change_them(store: Store) -> None:
    for method, ask in _CASES.items():
        world = await _world(store)
        before = await _rows(store)
        assert await ask(store, world.instance_id, world) or await _rows(store) != before, method


async def _entries_checked(groups: Groups, instance_id: InstanceId) -> int:
    return (await groups.events.check_chain(instance_id, max_rows=9)).reached.sequence


async def _rows(store: Store) -> Mapping[str, list[str]]:
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    return {
        table: sorted(map(str, await database.rows(text(f'SELECT * FROM "{table}"'))))
        for table in _TABLES
        if not (table == "shared_counts" and database.dialect.name == "sqlite")
    }
