"""Accounts, as servers and administrators create, read, change, shut out and delete them."""

from asyncio import gather
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import bcrypt
import pytest

from sojourn.engine import Engine
from sojourn.errors import (
    FieldError,
    FieldFormat,
    FieldMissing,
    FieldTooLong,
    IdentifierTaken,
    NotFound,
    Overloaded,
    PasswordCommon,
    SessionEnded,
    SojournError,
    UserLocked,
    WrongPassword,
)
from sojourn.ids import InstanceId
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, SessionStatus
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.interface import EventFilter, Page, UserFilter
from sojourn.testing.clock import FakeClock
from sojourn.users.accounts import NewUser, UserChanges
from sojourn.users.user import IdentifierKind

from ..people import ADA, OTHER_PASSWORD, PASSWORD, events, is_live, notices, person, signed_in

# -- create


async def test_addresses_of_a_created_user_are_verified_and_the_first_is_primary(engine: Engine):
    new = NewUser(
        email_addresses=["Ada@Example.com", "lovelace@example.com"],
        phone_numbers=["+12025550142"],
        password=PASSWORD,
        first_name="Ada",
        external_id="crm-1",
        public_metadata={"plan": "pro"},
    )
    made = await engine.accounts.create(engine.instance, new)
    user = await engine.accounts.get(engine.instance, made.id)
    assert user == made
    assert [each.is_verified for each in user.identifiers] == [True, True, True]
    assert user.primary_email_address and user.primary_email_address.canonical == ADA
    assert user.primary_phone_number and user.primary_phone_number.value == "+12025550142"
    assert {each.verification_strategy for each in user.identifiers} == {"admin"}
    assert (user.first_name, user.external_id, user.public_metadata) == ("Ada", "crm-1", {"plan": "pro"})


async def test_an_address_can_be_created_reserved_instead_of_verified(engine: Engine):
    user = await person(engine, email_address_statuses=["reserved"])
    assert user.email_addresses[0].reserved
    assert not user.email_addresses[0].is_verified


async def test_an_address_can_be_created_unverified_and_is_then_never_the_primary_one(engine: Engine):
    new = NewUser(
        email_addresses=["late@example.com", ADA], email_address_statuses=["unverified", "verified"], password=PASSWORD
    )
    user = await engine.accounts.create(engine.instance, new)
    assert [(each.is_verified, each.reserved) for each in user.email_addresses] == [(False, False), (True, False)]
    assert user.primary_email_address and user.primary_email_address.canonical == ADA


async def test_statuses_must_be_as_many_as_addresses(engine: Engine):
    with pytest.raises(FieldError) as refused:
        await person(engine, email_address_statuses=["verified", "verified"])
    assert refused.value.param == "email_address_identification_status"


async def test_a_taken_identifier_is_named_in_the_error_whatever_its_spelling(engine: Engine):  # R-INP-01
    await person(engine, username="ada_l", external_id="crm-1")
    for given, param in (
        (NewUser(email_addresses=["ADA@EXAMPLE.COM"], password=PASSWORD), "email_address"),
        (NewUser(email_addresses=["b@example.com"], username="ADA_L", password=PASSWORD), "username"),
        (NewUser(email_addresses=["c@example.com"], external_id="crm-1", password=PASSWORD), "external_id"),
    ):
        with pytest.raises(IdentifierTaken) as refused:
            await engine.accounts.create(engine.instance, given)
        assert refused.value.param == param
    assert await engine.accounts.count(engine.instance, UserFilter()) == 1


async def test_of_ten_racing_creations_with_one_address_one_wins(engine: Engine):  # R-INP-01
    racing = [person(engine, password=None) for _ in range(10)]
    outcomes = await gather(*racing, return_exceptions=True)
    assert sum(isinstance(each, IdentifierTaken) for each in outcomes) == 9
    assert await engine.accounts.count(engine.instance, UserFilter()) == 1


async def test_one_address_given_twice_is_refused(engine: Engine):
    with pytest.raises(IdentifierTaken):
        await engine.accounts.create(
            engine.instance, NewUser(email_addresses=[ADA, "ADA@example.com"], password=PASSWORD)
        )


async def test_a_password_is_owed_unless_the_server_says_otherwise(engine: Engine):
    with pytest.raises(FieldMissing) as refused:
        await engine.accounts.create(engine.instance, NewUser(email_addresses=[ADA]))
    assert refused.value.param == "password"
    assert (await person(engine, password=None)).password is None


async def test_somebody_without_any_identifier_is_refused_unless_the_server_insists(engine: Engine):
    with pytest.raises(FieldMissing):
        await engine.accounts.create(engine.instance, NewUser(password=PASSWORD))
    nameless = await engine.accounts.create(engine.instance, NewUser(password=PASSWORD, skip_user_requirement=True))
    assert nameless.identifiers == ()


async def test_a_common_password_is_refused_unless_checks_are_skipped(engine: Engine):  # R-PWD-09
    with pytest.raises(PasswordCommon):
        await person(engine, password="password1")
    user = await person(engine, password="password1", skip_password_checks=True)
    await engine.accounts.verify_password(engine.instance, user.id, "password1")


@pytest.mark.parametrize("password", ["", "x" * 257, "é" * 256 + "x", "\U0001f600" * 257])
async def test_skipping_checks_does_not_lift_the_bounds_of_a_password(engine: Engine, password: str):  # R-PWD-06
    with pytest.raises(FieldError):
        await person(engine, password=password, skip_password_checks=True)
    assert await engine.accounts.count(engine.instance, UserFilter()) == 0


async def test_a_password_digest_of_another_system_signs_in(engine: Engine):  # R-PWD-04
    digest = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(4)).decode()
    new = NewUser(email_addresses=[ADA], password_digest=digest, password_hasher="bcrypt")
    user = await engine.accounts.create(engine.instance, new)
    await engine.accounts.verify_password(engine.instance, user.id, PASSWORD)
    upgraded = await engine.accounts.get(engine.instance, user.id)
    assert upgraded.password != user.password  # R-PWD-03
    assert await is_live(engine, await signed_in(engine))


@pytest.mark.parametrize(
    ("hasher", "digest", "param"),
    [
        (None, "$2b$04$x", "password_hasher"),
        ("rot13", "anything", "password_hasher"),
        ("bcrypt", "not a digest", "password_digest"),
    ],
)
async def test_a_digest_that_cannot_be_read_creates_nobody(
    engine: Engine, hasher: str | None, digest: str, param: str
):  # R-PWD-04
    new = NewUser(email_addresses=[ADA], password_digest=digest, password_hasher=hasher)
    with pytest.raises(FieldError) as refused:
        await engine.accounts.create(engine.instance, new)
    assert refused.value.param == param
    assert await engine.accounts.count(engine.instance, UserFilter()) == 0


async def test_a_password_and_a_digest_at_once_are_refused(engine: Engine):
    new = NewUser(email_addresses=[ADA], password=PASSWORD, password_digest="x", password_hasher="bcrypt")
    with pytest.raises(FieldError):
        await engine.accounts.create(engine.instance, new)


async def test_a_user_can_be_created_with_an_earlier_date_but_not_a_later_one(engine: Engine):
    now = engine.clock.now()
    user = await person(engine, created_at=now.before(timedelta(days=900)))
    assert user.created_at == now.before(timedelta(days=900))
    with pytest.raises(FieldError) as refused:
        await person(engine, "b@example.com", created_at=now + timedelta(days=1))
    assert refused.value.param == "created_at"


async def test_creating_a_user_leaves_an_audit_entry(engine: Engine):  # R-LOG-01
    user = await person(engine)
    assert "user.created" in await events(engine, user)


# -- read


async def test_another_instances_user_is_as_unknown_as_nobody(engine: Engine):  # R-AUZ-02
    user = await person(engine)
    elsewhere = replace(engine.instance, id=InstanceId("ins_elsewhere"))
    for id in (user.id, "user_nobody", "../../etc/passwd", ""):
        with pytest.raises(NotFound):
            await engine.accounts.get(elsewhere, id)
    for change in (engine.accounts.ban, engine.accounts.delete, engine.accounts.lock):
        with pytest.raises(NotFound):
            await change(elsewhere, user.id)
    assert await engine.accounts.get(engine.instance, user.id) == user


async def test_users_are_found_by_address_whatever_its_spelling(engine: Engine):
    user = await person(engine)
    await person(engine, "grace@example.com")
    found = await engine.accounts.list(engine.instance, UserFilter(email_addresses=["ADA@Example.com"]), Page())
    assert [each.id for each in found] == [user.id]


# -- change


async def test_only_given_fields_change_and_null_clears(engine: Engine):
    user = await person(engine, first_name="Ada", last_name="Byron", username="ada_l")
    changed = await engine.accounts.update(engine.instance, user.id, UserChanges(last_name="Lovelace", username=None))
    assert (changed.first_name, changed.last_name, changed.username) == ("Ada", "Lovelace", None)
    assert changed == await engine.accounts.get(engine.instance, user.id)
    assert changed.updated_at > user.updated_at


async def test_a_change_that_is_refused_changes_nothing(engine: Engine):
    user = await person(engine, first_name="Ada")
    with pytest.raises(FieldFormat):
        await engine.accounts.update(engine.instance, user.id, UserChanges(first_name="Eve", locale="not a locale"))
    assert await engine.accounts.get(engine.instance, user.id) == user


async def test_changes_racing_for_different_fields_all_arrive(engine: Engine):
    user = await person(engine)
    merges = [engine.accounts.merge_metadata(engine.instance, user.id, public={f"k{n}": n}) for n in range(8)]
    await gather(*merges)
    merged = (await engine.accounts.get(engine.instance, user.id)).public_metadata
    assert merged == {f"k{n}": n for n in range(8)}


async def test_metadata_merges_by_kind_and_is_replaced_when_asked(engine: Engine):
    user = await person(engine, public_metadata={"a": {"b": 1, "c": 2}}, private_metadata={"p": 1})
    merged = await engine.accounts.merge_metadata(engine.instance, user.id, public={"a": {"b": None}}, unsafe={"u": 1})
    assert (merged.public_metadata, merged.private_metadata) == ({"a": {"c": 2}}, {"p": 1})
    replaced = await engine.accounts.replace_metadata(engine.instance, user.id, public={"z": 1})
    assert (replaced.public_metadata, replaced.unsafe_metadata) == ({"z": 1}, {"u": 1})


async def test_metadata_beyond_eight_kibibytes_is_refused_and_changes_nothing(engine: Engine):  # R-LIM-07
    user = await person(engine, private_metadata={"keep": True})
    with pytest.raises(FieldTooLong):
        await engine.accounts.merge_metadata(engine.instance, user.id, private={"big": "x" * 9000})
    assert (await engine.accounts.get(engine.instance, user.id)).private_metadata == {"keep": True}


async def test_the_audit_log_names_changed_fields_and_not_their_values(engine: Engine):  # R-LOG-01, R-LOG-02
    user = await person(engine)
    await engine.accounts.update(engine.instance, user.id, UserChanges(first_name="Canary", password=OTHER_PASSWORD))
    entries = await engine.store.events.list(engine.instance.id, Page(100), EventFilter(user_id=user.id))
    updated = next(each for each in entries if each.kind == "user.updated")
    assert updated.details == {"fields": ["first_name", "password"]}
    assert "Canary" not in repr(entries) and OTHER_PASSWORD not in repr(entries)


async def test_the_primary_address_must_be_the_users_own_and_verified(engine: Engine):
    user, other = await person(engine), await person(engine, "grace@example.com")
    unproven = await engine.addresses.create(
        engine.instance, user.id, IdentifierKind.EMAIL_ADDRESS, "ada@work.example.com"
    )
    assert other.primary_email_address_id
    with pytest.raises(NotFound):
        changes = UserChanges(primary_email_address_id=other.primary_email_address_id)
        await engine.accounts.update(engine.instance, user.id, changes)
    with pytest.raises(FieldError):
        await engine.accounts.update(engine.instance, user.id, UserChanges(primary_email_address_id=unproven.id))


# -- keep out, let in


async def test_a_ban_ends_sessions_and_tickets_and_keeps_the_user_out(engine: Engine):  # R-SES-07
    user = await person(engine)
    session = await signed_in(engine)
    _, secret = await engine.tickets.create_sign_in_token(engine.instance, user.id)
    assert (await engine.accounts.ban(engine.instance, user.id)).banned
    now_is = await engine.sessions.get(engine.instance, session.id)
    assert now_is.status is SessionStatus.REVOKED
    with pytest.raises(SojournError):
        await signed_in(engine)
    with pytest.raises(SojournError):
        given = SignInInput(strategy="ticket", ticket=secret.reveal())
        await engine.sign_ins.create(Caller(engine.instance, None, Device()), given)
    assert not (await engine.accounts.unban(engine.instance, user.id)).banned
    assert await is_live(engine, await signed_in(engine))
    assert not await is_live(engine, session)  # R-SES-10


async def test_a_lock_by_an_administrator_ends_sessions_and_has_no_end(
    engine: Engine, clock: FakeClock, mailbox: Mailbox
):  # R-SES-07, R-LOG-04
    user = await person(engine)
    session = await signed_in(engine)
    await engine.accounts.lock(engine.instance, user.id)
    assert not await is_live(engine, session)
    assert ("account_locked_by_administrator", ADA) in await notices(engine, mailbox)
    clock.advance(days=365)
    with pytest.raises(UserLocked):
        await signed_in(engine)
    await engine.accounts.unlock(engine.instance, user.id)
    assert await is_live(engine, await signed_in(engine))


async def test_changing_a_name_does_not_open_a_lock_that_came_in_between(engine: Engine):
    user = await person(engine)
    tries = engine.instance.settings.protection.lockout_tries

    async def guess() -> None:
        """Until one was checked: a guess that found no slot in the hash pool counts for nothing (R-PWD-12)."""
        checked = False
        while not checked:
            with suppress(WrongPassword, UserLocked):
                try:
                    await engine.accounts.verify_password(engine.instance, user.id, OTHER_PASSWORD)
                except Overloaded:
                    continue
            checked = True

    guesses = [guess() for _ in range(tries)]
    names = [engine.accounts.update(engine.instance, user.id, UserChanges(first_name=f"A{n}")) for n in range(tries)]
    await gather(*guesses, *names, return_exceptions=True)
    assert (await engine.accounts.get(engine.instance, user.id)).is_locked(engine.clock.now())


async def test_a_deleted_user_is_gone_with_their_sessions_and_the_address_is_free(engine: Engine):  # R-SES-07
    user = await person(engine)
    session = await signed_in(engine)
    await engine.accounts.delete(engine.instance, user.id)
    with pytest.raises(NotFound):
        await engine.accounts.get(engine.instance, user.id)
    client = await engine.store.clients.find(engine.instance.id, session.client_id)
    assert client is not None
    with pytest.raises(SessionEnded):
        await engine.tokens.mint(engine.instance, client.secret_hash, session.id, origin=None)
    with pytest.raises(NotFound):
        await engine.accounts.delete(engine.instance, user.id)
    assert (await person(engine)).id != user.id
    assert "user.deleted" in await events(engine)
