"""A signed-in person adds, proves and removes e-mail addresses."""

from dataclasses import replace

import pytest

from sojourn.engine import Engine
from sojourn.errors import (
    AlreadyVerified,
    FieldError,
    LastIdentifier,
    NotAllowedAccess,
    NotFound,
    ReverificationRequired,
    StrategyNotPossible,
    TooManyRequests,
    VerificationExpired,
    VerificationFailed,
    WrongCode,
    WrongStep,
)
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock
from sojourn.users.accounts import NewUser
from sojourn.users.profile import ProfileChanges
from sojourn.users.user import IdentifierKind

from ..people import (
    ADA,
    PASSWORD,
    acting,
    ada,
    is_live,
    notices,
    now_of,
    person,
    set_up,
    signed_in,
)

WORK = "ada+clerk_test@work.example.com"
TEST_CODE = "424242"


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
    await engine.access_lists.add(instance, "blocklist_identifier", "work.example.com")
    with pytest.raises(NotAllowedAccess):
        await engine.profile.add_email(instance, session, user, WORK)


async def test_only_email_codes_prove_addresses_here(engine: Engine):
    session, user = await ada(engine)
    address = await engine.profile.add_email(engine.instance, session, user, WORK)
    with pytest.raises(StrategyNotPossible):
        await engine.profile.prepare_email(
            engine.instance, session, await now_of(engine, session), address.id, "email_link"
        )


async def test_nobody_keeps_an_address_from_its_owner_by_adding_it_over_and_over(engine: Engine):  # R-LIM-01
    squatter, user = await ada(engine)
    owner = await person(engine, "owner@example.com")
    for _ in range(5):
        claim = await engine.profile.add_email(engine.instance, squatter, user, WORK)
        user = await now_of(engine, squatter)
        await engine.profile.remove_email(await acting(engine, squatter), squatter, user, claim.id)
    with pytest.raises(TooManyRequests):
        await engine.profile.add_email(engine.instance, squatter, await now_of(engine, squatter), WORK)
    assert await engine.addresses.create(engine.instance, owner.id, IdentifierKind.EMAIL_ADDRESS, WORK)
