from asyncio import gather
from dataclasses import replace
from typing import Any

import pytest

from sojourn.engine import Engine
from sojourn.errors import FieldError, FieldFormat, IdentifierTaken, LastIdentifier, NotFound
from sojourn.ids import InstanceId
from sojourn.messages.mailbox import Mailbox
from sojourn.users.accounts import NewUser
from sojourn.users.new_user import MAX_ADDRESSES
from sojourn.users.user import Identifier, IdentifierKind, User

from ..people import ADA, PASSWORD, is_live, notices, person, signed_in

EMAIL, PHONE = IdentifierKind.EMAIL_ADDRESS, IdentifierKind.PHONE_NUMBER
WORK = "ada@work.example.com"


async def added(engine: Engine, user: User, value: str = WORK, **given: Any) -> Identifier:
    kind = PHONE if value.startswith("+") else EMAIL
    return await engine.addresses.create(engine.instance, user.id, kind, value, **given)


async def now_of(engine: Engine, user: User) -> User:
    return await engine.accounts.get(engine.instance, user.id)


async def test_an_added_address_is_neither_verified_nor_primary(engine: Engine):
    user = await person(engine)
    address = await added(engine, user)
    after = await now_of(engine, user)
    assert not address.is_verified
    assert after.primary_email_address_id == user.primary_email_address_id
    assert [each.value for each in after.email_addresses] == [ADA, WORK]


async def test_the_first_verified_address_becomes_the_primary_one(engine: Engine):
    user = await engine.accounts.create(engine.instance, NewUser(username="ada_l", password=PASSWORD))
    unproven = await added(engine, user)
    assert (await now_of(engine, user)).primary_email_address_id is None
    await engine.addresses.update(engine.instance, unproven.id, verified=True)
    assert (await now_of(engine, user)).primary_email_address_id == unproven.id


async def test_a_taken_address_is_refused_and_the_user_unchanged(engine: Engine):  # R-INP-01
    user, _ = await person(engine), await person(engine, WORK)
    with pytest.raises(IdentifierTaken) as refused:
        await added(engine, user, "ADA@Work.example.com")
    assert refused.value.param == "email_address"
    assert await now_of(engine, user) == user


@pytest.mark.parametrize(
    "value", ["ada", "ada@", "a@b@example.com", "ada@example.com\r\nBcc: x@y.z", "<ada@x.com>", ""]
)
async def test_what_is_no_address_is_refused(engine: Engine, value: str):  # R-INP-03
    user = await person(engine)
    with pytest.raises(FieldError):
        await engine.addresses.create(engine.instance, user.id, EMAIL, value)


async def test_a_phone_number_is_kept_in_e164(engine: Engine):  # R-INP-03
    user = await person(engine)
    assert (await added(engine, user, "+1 202 555 0142", verified=True)).value == "+12025550142"
    assert (await now_of(engine, user)).primary_phone_number is not None
    with pytest.raises(FieldFormat):
        await added(engine, user, "+1")


async def test_an_unverified_address_cannot_be_made_primary(engine: Engine):
    user = await person(engine)
    with pytest.raises(FieldError):
        await added(engine, user, primary=True)
    assert await now_of(engine, user) == user
    address = await added(engine, user)
    with pytest.raises(FieldError):
        await engine.addresses.update(engine.instance, address.id, primary=True)


async def test_both_addresses_are_told_of_a_new_primary_one(engine: Engine, mailbox: Mailbox):  # R-OTP-06, R-LOG-04
    user = await person(engine)
    address = await added(engine, user, verified=True, primary=True)
    assert (await now_of(engine, user)).primary_email_address_id == address.id
    told = await notices(engine, mailbox)
    assert ("address_changed", ADA) in told and ("address_changed", WORK) in told
    assert ("address_added", ADA) in told


async def test_the_last_address_cannot_be_removed(engine: Engine):  # R-OTP-06
    user = await person(engine)
    await added(engine, user)  # not proven, so it does not count
    with pytest.raises(LastIdentifier):
        await engine.addresses.delete(engine.instance, user.email_addresses[0].id)
    with pytest.raises(LastIdentifier):
        await engine.addresses.update(engine.instance, user.email_addresses[0].id, verified=False)


async def test_an_unproven_address_can_always_be_removed_beside_a_proven_one(engine: Engine):
    user = await person(engine)
    address = await added(engine, user)
    await engine.addresses.delete(engine.instance, address.id)
    assert [each.value for each in (await now_of(engine, user)).email_addresses] == [ADA]


async def test_of_two_removals_racing_for_the_last_two_addresses_one_loses(engine: Engine):  # R-OTP-06
    for _ in range(10):
        user = await person(engine)
        other = await added(engine, user, verified=True)
        racing = [engine.addresses.delete(engine.instance, id) for id in (user.email_addresses[0].id, other.id)]
        outcomes = await gather(*racing, return_exceptions=True)
        assert sorted(type(each).__name__ for each in outcomes) == ["Identifier", "LastIdentifier"]
        assert len((await now_of(engine, user)).email_addresses) == 1
        await engine.accounts.delete(engine.instance, user.id)


async def test_removing_a_proven_address_signs_out_and_tells_the_owner(
    engine: Engine, mailbox: Mailbox
):  # R-PWD-11, R-OTP-06
    user = await person(engine)
    session = await signed_in(engine)
    other = await added(engine, user, verified=True)
    await engine.addresses.delete(engine.instance, user.email_addresses[0].id)
    after = await now_of(engine, user)
    assert after.primary_email_address_id == other.id
    assert not await is_live(engine, session)
    told = await notices(engine, mailbox)
    assert ("address_removed", ADA) in told and ("address_removed", WORK) in told


async def test_an_address_that_loses_its_proof_hands_its_place_on(engine: Engine):
    user = await person(engine)
    other = await added(engine, user, verified=True)
    unproven = await engine.addresses.update(engine.instance, user.email_addresses[0].id, verified=False)
    assert not unproven.is_verified
    assert (await now_of(engine, user)).primary_email_address_id == other.id


async def test_an_address_is_found_only_in_its_own_instance_and_kind(engine: Engine):  # R-AUZ-02
    user = await person(engine)
    id = user.email_addresses[0].id
    elsewhere = replace(engine.instance, id=InstanceId("ins_elsewhere"))
    assert (await engine.addresses.get(engine.instance, id)).value == ADA
    with pytest.raises(NotFound):
        await engine.addresses.get(elsewhere, id)
    with pytest.raises(NotFound):
        await engine.addresses.get(engine.instance, id, PHONE)
    with pytest.raises(NotFound):
        await engine.addresses.delete(elsewhere, id)


async def test_a_user_has_a_bounded_number_of_addresses(engine: Engine):  # R-LIM-07
    many = [f"ada{n}@example.com" for n in range(MAX_ADDRESSES)]
    user = await engine.accounts.create(engine.instance, NewUser(email_addresses=many, password=PASSWORD))
    with pytest.raises(FieldError):
        await added(engine, user)
    with pytest.raises(FieldError):
        await engine.accounts.create(engine.instance, NewUser(email_addresses=[*many, "x@example.com"]))
