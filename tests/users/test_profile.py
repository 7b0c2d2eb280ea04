from dataclasses import replace

import pytest

from sojourn.engine import Engine
from sojourn.errors import (
    AlreadyVerified,
    FeatureOff,
    FieldEmpty,
    FieldError,
    FieldMissing,
    FieldUnknown,
    Forbidden,
    IdentifierTaken,
    LastIdentifier,
    NotAllowedAccess,
    NotFound,
    PasswordCommon,
    PasswordUnchanged,
    ReverificationRequired,
    StrategyNotPossible,
    UserLocked,
    VerificationExpired,
    VerificationFailed,
    WrongCode,
    WrongPassword,
    WrongStep,
)
from sojourn.messages.mailbox import Mailbox
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device, Session
from sojourn.sign_ins.attempt import SignInInput
from sojourn.store.interface import EventFilter, Page, UserFilter
from sojourn.testing.clock import FakeClock
from sojourn.users.accounts import NewUser, UserChanges
from sojourn.users.profile import ProfileChanges
from sojourn.users.user import User

from ..people import ADA, OTHER_PASSWORD, PASSWORD, acting, events, is_live, notices, person, set_up, signed_in
from ..pictures import picture

WORK = "ada+clerk_test@work.example.com"
TEST_CODE = "424242"


async def ada(engine: Engine, **given: str) -> tuple[Session, User]:
    await person(engine, **given)
    session = await signed_in(engine)
    return session, await now_of(engine, session)


async def asking(engine: Engine, session: Session) -> Caller:
    """The browser of the session."""
    return Caller(engine.instance, await engine.store.clients.find(engine.instance.id, session.client_id))


async def now_of(engine: Engine, session: Session) -> User:
    return await engine.accounts.get(engine.instance, session.user_id)


async def impersonated(engine: Engine, user: User) -> Session:
    _, secret = await engine.tickets.create_actor_token(engine.instance, user.id, {"sub": "user_support"})
    caller = Caller(engine.instance, None, Device())
    sign_in, _ = await engine.sign_ins.create(caller, SignInInput(strategy="ticket", ticket=secret.reveal()))
    assert sign_in.created_session_id
    return await engine.sessions.get(engine.instance, sign_in.created_session_id)


# -- names and metadata


async def test_a_person_changes_their_names_and_clears_one(engine: Engine):
    session, user = await ada(engine, first_name="Ada", last_name="Byron")
    changed = await engine.profile.update(
        engine.instance, session, user, ProfileChanges(first_name="  Augusta ", last_name="")
    )
    assert (changed.first_name, changed.last_name) == ("Augusta", None)


def test_a_person_can_set_nothing_that_grants_anything():  # R-INP-04
    settable = set(ProfileChanges.__dataclass_fields__)
    assert settable.isdisjoint({"id", "banned", "locked", "public_metadata", "private_metadata", "external_id"})
    assert settable.isdisjoint({"created_at", "password", "delete_self_enabled", "create_organizations_limit"})


@pytest.mark.parametrize("name", ["a\u202eb", "a\u200bb", "a\x07b"])
async def test_names_with_invisible_or_turning_characters_are_refused(engine: Engine, name: str):  # R-INP-01
    session, user = await ada(engine)
    with pytest.raises(FieldError) as refused:
        await engine.profile.update(engine.instance, session, user, ProfileChanges(first_name=name))
    assert refused.value.param == "first_name"


async def test_a_field_that_the_application_does_not_use_is_unknown(engine: Engine):  # R-INP-04
    session, user = await ada(engine)
    with pytest.raises(FieldUnknown):
        await engine.profile.update(engine.instance, session, user, ProfileChanges(username="ada_l"))
    instance = await set_up(engine, {"sign_up": {"username": "required"}})
    changed = await engine.profile.update(instance, session, user, ProfileChanges(username="Ada_L"))
    assert (changed.username, changed.username_key) == ("Ada_L", "ada_l")
    with pytest.raises(FieldEmpty):
        await engine.profile.update(instance, session, changed, ProfileChanges(username=""))


async def test_somebody_elses_user_name_is_refused(engine: Engine):  # R-INP-01
    await person(engine, "grace@example.com", username="grace_h")
    session, user = await ada(engine)
    instance = await set_up(engine, {"sign_up": {"username": "optional"}})
    with pytest.raises(IdentifierTaken) as refused:
        await engine.profile.update(instance, session, user, ProfileChanges(username="GRACE_H"))
    assert refused.value.param == "username"


async def test_a_person_merges_only_their_unsafe_metadata(engine: Engine):  # R-INP-04
    session, user = await ada(engine)
    changed = await engine.profile.update_metadata(engine.instance, session, user, {"theme": {"dark": True}})
    assert (changed.unsafe_metadata, changed.public_metadata) == ({"theme": {"dark": True}}, {})


# -- password


async def test_changing_the_password_keeps_this_session_and_ends_the_others(
    engine: Engine, mailbox: Mailbox
):  # R-PWD-11
    session, user = await ada(engine)
    other = await signed_in(engine)
    await engine.profile.change_password(
        await acting(engine, session), session, await now_of(engine, session), current=PASSWORD, new=OTHER_PASSWORD
    )
    assert await is_live(engine, session)
    assert not await is_live(engine, other)
    assert ("password_changed", ADA) in await notices(engine, mailbox)
    assert "password.changed" in await events(engine, user)


async def test_every_verified_address_is_told_and_no_other(engine: Engine, mailbox: Mailbox):  # R-PWD-11
    two = ["ada@example.com", "second@example.com"]
    await engine.accounts.create(engine.instance, NewUser(email_addresses=two, password=PASSWORD))
    session = await signed_in(engine)
    await engine.profile.add_email(engine.instance, session, await now_of(engine, session), "third@example.com")
    user = await now_of(engine, session)
    await engine.profile.change_password(
        await acting(engine, session), session, user, current=PASSWORD, new=OTHER_PASSWORD
    )
    told = {to for kind, to in await notices(engine, mailbox) if kind == "password_changed"}
    assert told == set(two)


async def test_a_change_without_the_current_password_needs_a_fresh_second_factor(
    engine: Engine, clock: FakeClock
):  # R-PWD-10
    session, user = await ada(engine)
    with pytest.raises(ReverificationRequired) as refused:
        await engine.profile.change_password(
            await acting(engine, session), session, user, current=None, new=OTHER_PASSWORD
        )
    assert refused.value.meta == {"reverification": {"level": "second_factor", "after_minutes": 10}}
    proven = replace(session, second_factor_at=clock.now())
    clock.advance(minutes=11)
    with pytest.raises(ReverificationRequired):
        await engine.profile.change_password(
            await acting(engine, proven), proven, user, current=None, new=OTHER_PASSWORD
        )
    fresh = replace(session, second_factor_at=clock.now())
    await engine.profile.change_password(await acting(engine, fresh), fresh, user, current=None, new=OTHER_PASSWORD)


async def test_a_wrong_current_password_changes_nothing_and_is_on_record(engine: Engine):  # R-PWD-10
    session, user = await ada(engine)
    with pytest.raises(WrongPassword) as refused:
        await engine.profile.change_password(
            await acting(engine, session), session, user, current="wrong", new=OTHER_PASSWORD
        )
    assert refused.value.param == "current_password"
    assert (await now_of(engine, session)).password == user.password
    assert "password.refused" in await events(engine, user)


async def test_guessing_the_current_password_in_a_stolen_session_comes_to_an_end(
    engine: Engine,
):  # R-LIM-03, R-FLOW-04
    session, user = await ada(engine)
    with pytest.raises(UserLocked):
        for _ in range(30):
            try:
                await engine.profile.change_password(
                    await acting(engine, session), session, user, current="wrong", new=OTHER_PASSWORD
                )
            except WrongPassword:
                continue
    with pytest.raises(UserLocked):
        await engine.profile.change_password(
            await acting(engine, session), session, user, current=PASSWORD, new=OTHER_PASSWORD
        )


async def test_the_new_password_must_differ_and_follow_the_policy(engine: Engine):  # R-PWD-09
    session, user = await ada(engine)
    for new, refusal in ((PASSWORD, PasswordUnchanged), ("password1", PasswordCommon), ("", FieldMissing)):
        with pytest.raises(refusal) as refused:
            await engine.profile.change_password(
                await acting(engine, session), session, user, current=PASSWORD, new=new
            )
        assert refused.value.param == "new_password"


async def test_a_first_password_needs_a_fresh_session_only(engine: Engine, clock: FakeClock):  # R-SES-12
    await person(engine, password=None)
    user = (await engine.accounts.list(engine.instance, UserFilter(), Page()))[0]
    session = await engine.sessions.create_for(engine.instance, user)
    clock.advance(minutes=11)
    with pytest.raises(ReverificationRequired):
        await engine.profile.change_password(await acting(engine, session), session, user, current=None, new=PASSWORD)
    fresh = replace(session, first_factor_at=clock.now())
    changed, _ = await engine.profile.change_password(
        await acting(engine, fresh), fresh, user, current=None, new=PASSWORD
    )
    assert changed.password is not None


async def test_a_required_password_cannot_be_removed_and_an_optional_one_can(engine: Engine):
    session, user = await ada(engine)
    with pytest.raises(FieldError):
        await engine.profile.remove_password(await acting(engine, session), session, user, PASSWORD)
    await set_up(engine, {"sign_up": {"password": "optional"}})
    with pytest.raises(WrongPassword):
        await engine.profile.remove_password(await acting(engine, session), session, user, OTHER_PASSWORD)
    removed, _ = await engine.profile.remove_password(await acting(engine, session), session, user, PASSWORD)
    assert removed.password is None
    assert await is_live(engine, session)


# -- e-mail addresses


async def test_a_new_address_is_proven_by_code_and_the_old_one_is_told(engine: Engine, mailbox: Mailbox):  # R-OTP-06
    session, user = await ada(engine)
    address = await engine.profile.add_email(engine.instance, session, user, WORK)
    user = await now_of(engine, session)
    await engine.profile.prepare_email(engine.instance, session, user, address.id, "email_code")
    assert [each.id for each in user.email_addresses if each.is_verified] == [user.primary_email_address_id]
    proven, after, _ = await engine.profile.attempt_email(
        await acting(engine, session), session, user, address.id, TEST_CODE
    )
    assert (proven.is_verified, proven.verification_strategy) == (True, "email_code")
    assert after.primary_email_address_id == user.primary_email_address_id
    assert after == await now_of(engine, session)
    assert ("address_added", ADA) in await notices(engine, mailbox)
    with pytest.raises(AlreadyVerified):
        await engine.profile.attempt_email(await acting(engine, session), session, after, address.id, TEST_CODE)


async def test_the_code_goes_to_the_stored_address_and_opens_it(engine: Engine, mailbox: Mailbox):  # R-INP-02
    session, user = await ada(engine)
    address = await engine.profile.add_email(engine.instance, session, user, "Ada@WORK.example.com")
    user = await now_of(engine, session)
    await engine.profile.prepare_email(engine.instance, session, user, address.id, "email_code")
    assert ("verification_code", address.value) in await notices(engine, mailbox)
    assert (await engine.profile.verifications(engine.instance, user)).keys() == {address.id}


async def test_wrong_codes_run_out(engine: Engine):  # R-OTP-01
    session, user = await ada(engine)
    address = await engine.profile.add_email(engine.instance, session, user, WORK)
    user = await now_of(engine, session)
    with pytest.raises(WrongStep):
        await engine.profile.attempt_email(await acting(engine, session), session, user, address.id, TEST_CODE)
    await engine.profile.prepare_email(engine.instance, session, user, address.id, "email_code")
    for _ in range(5):
        with pytest.raises(WrongCode):
            await engine.profile.attempt_email(await acting(engine, session), session, user, address.id, "000000")
    with pytest.raises(VerificationFailed):
        await engine.profile.attempt_email(await acting(engine, session), session, user, address.id, TEST_CODE)


async def test_a_code_expires_after_ten_minutes(engine: Engine, clock: FakeClock):  # R-OTP-01
    session, user = await ada(engine)
    address = await engine.profile.add_email(engine.instance, session, user, WORK)
    user = await now_of(engine, session)
    await engine.profile.prepare_email(engine.instance, session, user, address.id, "email_code")
    clock.advance(minutes=10)
    with pytest.raises(VerificationExpired):
        await engine.profile.attempt_email(await acting(engine, session), session, user, address.id, TEST_CODE)


async def test_an_address_becomes_primary_only_when_proven_and_fresh(engine: Engine, clock: FakeClock):  # R-SES-12
    session, user = await ada(engine)
    address = await engine.profile.add_email(engine.instance, session, user, WORK)
    changes = ProfileChanges(primary_email_address_id=address.id)
    with pytest.raises(FieldError):
        await engine.profile.update(engine.instance, session, user, changes)
    await engine.addresses.update(engine.instance, address.id, verified=True)
    clock.advance(minutes=11)
    with pytest.raises(ReverificationRequired):
        await engine.profile.update(engine.instance, session, await now_of(engine, session), changes)
    fresh = replace(session, first_factor_at=clock.now())
    after = await engine.profile.update(engine.instance, fresh, await now_of(engine, session), changes)
    assert after.primary_email_address_id == address.id


async def test_somebody_elses_address_is_as_unknown_as_none(engine: Engine):  # R-AUZ-02
    grace = await person(engine, "grace@example.com")
    session, user = await ada(engine)
    theirs = grace.email_addresses[0].id
    with pytest.raises(NotFound):
        engine.profile.email(user, theirs)
    with pytest.raises(NotFound):
        await engine.profile.remove_email(await acting(engine, session), session, user, theirs)
    with pytest.raises(NotFound):
        await engine.profile.update(engine.instance, session, user, ProfileChanges(primary_email_address_id=theirs))


async def test_removing_an_address_keeps_this_session_and_ends_the_others(engine: Engine):  # R-PWD-11, R-OTP-06
    await engine.accounts.create(engine.instance, NewUser(email_addresses=[ADA, "b@example.com"], password=PASSWORD))
    session, other = await signed_in(engine), await signed_in(engine)
    user = await now_of(engine, session)
    await engine.profile.remove_email(await acting(engine, session), session, user, user.email_addresses[1].id)
    assert (await is_live(engine, session), await is_live(engine, other)) == (True, False)
    with pytest.raises(LastIdentifier):
        await engine.profile.remove_email(
            await acting(engine, session), session, await now_of(engine, session), user.email_addresses[0].id
        )


async def test_an_address_kept_out_of_sign_up_cannot_be_added_later(engine: Engine):
    session, user = await ada(engine)
    instance = await set_up(engine, {"protection": {"blocklist": True}})
    await engine.records.add_listed(instance, "blocklist_identifier", "work.example.com")
    with pytest.raises(NotAllowedAccess):
        await engine.profile.add_email(instance, session, user, WORK)


async def test_only_email_codes_prove_addresses_here(engine: Engine):
    session, user = await ada(engine)
    address = await engine.profile.add_email(engine.instance, session, user, WORK)
    with pytest.raises(StrategyNotPossible):
        await engine.profile.prepare_email(
            engine.instance, session, await now_of(engine, session), address.id, "email_link"
        )


# -- sessions, the account, impersonation


async def test_a_person_ends_their_other_sessions_but_nobody_elses(engine: Engine):  # R-SES-04
    await person(engine, "grace@example.com")
    graces = await signed_in(engine, "grace@example.com")
    session, user = await ada(engine)
    other = await signed_in(engine)
    await engine.profile.end_session(await asking(engine, session), session, user, other.id)
    assert not await is_live(engine, other)
    with pytest.raises(NotFound):
        await engine.profile.end_session(await asking(engine, session), session, user, graces.id)
    assert await is_live(engine, graces)


async def test_a_person_deletes_themselves_where_that_is_allowed(engine: Engine):
    session, user = await ada(engine)
    await engine.accounts.update(engine.instance, user.id, UserChanges(delete_self_enabled=False))
    with pytest.raises(FeatureOff):
        await engine.profile.delete_self(await asking(engine, session), session, await now_of(engine, session))
    await engine.accounts.update(engine.instance, user.id, UserChanges(delete_self_enabled=True))
    await engine.profile.delete_self(await asking(engine, session), session, await now_of(engine, session))
    with pytest.raises(NotFound):
        await now_of(engine, session)


async def test_sensitive_changes_need_a_proof_within_ten_minutes(engine: Engine, clock: FakeClock):  # R-SES-12
    session, _ = await ada(engine)
    other = await signed_in(engine)
    user = await now_of(engine, session)
    clock.advance(minutes=11)
    profile, instance, caller = engine.profile, engine.instance, await asking(engine, session)
    for attempt in (
        profile.add_email(instance, session, user, WORK),
        profile.remove_email(await acting(engine, session), session, user, user.email_addresses[0].id),
        profile.end_session(caller, session, user, other.id),
        profile.delete_self(caller, session, user),
    ):
        with pytest.raises(ReverificationRequired):
            await attempt
    assert await now_of(engine, session) == user


async def test_an_impersonator_changes_no_credential_and_no_address(engine: Engine):  # R-AUZ-06
    user = await person(engine)
    session = await impersonated(engine, user)
    user = await now_of(engine, session)
    profile, instance, caller = engine.profile, engine.instance, await asking(engine, session)
    assert session.actor == {"sub": "user_support"}
    for attempt in (
        profile.change_password(await acting(engine, session), session, user, current=PASSWORD, new=OTHER_PASSWORD),
        profile.remove_password(await acting(engine, session), session, user, PASSWORD),
        profile.add_email(instance, session, user, WORK),
        profile.prepare_email(instance, session, user, user.email_addresses[0].id, "email_code"),
        profile.attempt_email(await acting(engine, session), session, user, user.email_addresses[0].id, TEST_CODE),
        profile.remove_email(await acting(engine, session), session, user, user.email_addresses[0].id),
        profile.delete_self(caller, session, user),
    ):
        with pytest.raises(Forbidden):
            await attempt
    await profile.update(instance, session, user, ProfileChanges(first_name="Ada"))
    await profile.set_image(instance, session, user, picture())
    entries = await engine.store.events.list(instance.id, Page(100), EventFilter(user_id=user.id))
    assert [each.actor for each in entries if each.kind == "user.updated"] == ["user_support"] * 2
