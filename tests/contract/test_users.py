"""What every store promises about users and their addresses."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.errors import Conflict, IdentifierTaken, NotFound
from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.instant import Instant
from sojourn.store.interface import Page, Store, Tries, UserFilter
from sojourn.users.user import IdentifierKind, User

from .values import (
    LATER,
    NOW,
    RACERS,
    a_client,
    a_full_user,
    a_session,
    a_sign_in,
    a_sign_up,
    a_ticket,
    a_user,
    a_verification,
    an_address,
    race,
    race_each,
    signed_in,
)

EMAIL = IdentifierKind.EMAIL_ADDRESS


async def test_a_user_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    user = a_full_user(instance_id)
    await store.users.create(user)
    assert await store.users.find(instance_id, user.id) == user
    assert await store.users.find_by_identifier(instance_id, EMAIL, "countess@example.com") == user
    assert await store.users.find_by_username(instance_id, "ada") == user
    assert await store.users.list(instance_id, UserFilter(deleting=True), Page()) == [user]
    async with store.transaction() as tx:
        assert await tx.users.find(instance_id, user.id) == user
        assert await tx.users.find_by_identifier(instance_id, EMAIL, "ada@example.com") == user


async def test_a_user_without_addresses_is_found(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id, username="Ada", username_key="ada")
    await store.users.create(user)
    assert await store.users.find(instance_id, user.id) == user


async def test_many_users_are_found_with_their_addresses(store: Store, instance_id: InstanceId) -> None:
    people = [a_user(instance_id, f"{n}@example.com", f"{n}b@example.com") for n in range(6)]
    for user in people:
        await store.users.create(user)
    for some in (people[:2], people):
        found = await store.users.find_many(instance_id, [user.id for user in some])
        assert {user.id: user for user in found} == {user.id: user for user in some}


async def test_nobody_is_found_from_another_instance(store: Store, instance_id: InstanceId) -> None:  # R-AUZ-02
    user = a_full_user(instance_id)
    await store.users.create(user)
    other, idn = new_instance_id(), user.identifiers[0]
    assert await store.users.find(other, user.id) is None
    assert await store.users.find_many(other, [user.id]) == []
    assert await store.users.find_by_identifier(other, EMAIL, "ada@example.com") is None
    assert await store.users.find_by_username(other, "ada") is None
    assert await store.users.find_identifier(other, idn.id) is None
    assert await store.users.list(other, UserFilter(), Page()) == []
    assert not await store.users.verify_identifier(other, idn.id, "admin", NOW)
    assert not await store.users.remove_identifier(other, idn.id)
    assert not await store.users.delete(other, user.id)
    assert await store.users.spend_sign_in_try(other, user.id, NOW, limit=5, lock_for=timedelta(hours=1)) is None
    assert await store.users.find(instance_id, user.id) == user


# -- uniqueness


@pytest.mark.parametrize(
    ("first", "second", "param"),
    [
        ({"username": "Ada", "username_key": "ada"}, {"username": "ADA", "username_key": "ada"}, "username"),
        ({"external_id": "external_id"}, {"external_id": "external_id"}, "external_id"),
        (
            {"username": "uq", "username_key": "external_id"},
            {"username": "x", "username_key": "external_id"},
            "username",
        ),
    ],
)
async def test_a_taken_name_is_refused_by_its_field(
    store: Store, instance_id: InstanceId, first: dict[str, str], second: dict[str, str], param: str
) -> None:
    await store.users.create(a_user(instance_id, **first))
    late = a_user(instance_id)
    await store.users.create(late)
    with pytest.raises(IdentifierTaken) as refused:
        await store.users.create(a_user(instance_id, **second))
    assert refused.value.param == param
    with pytest.raises(IdentifierTaken) as refused:
        await store.users.save(replace(late, updated_at=LATER, **second), expected=late.updated_at)  # type: ignore[arg-type]
    assert refused.value.param == param
    assert await store.users.find(instance_id, late.id) == late


async def test_a_taken_address_leaves_no_half_made_user(store: Store, instance_id: InstanceId) -> None:  # R-REL-01
    await store.users.create(a_user(instance_id, "ada@example.com"))
    late = a_user(instance_id, "new@example.com", "ada@example.com")
    with pytest.raises(IdentifierTaken) as refused:
        await store.users.create(late)
    assert refused.value.param == "email_address"
    assert await store.users.find(instance_id, late.id) is None
    assert await store.users.find_by_identifier(instance_id, EMAIL, "new@example.com") is None


async def test_an_address_may_be_taken_in_another_instance(store: Store, instance_id: InstanceId) -> None:
    await store.users.create(a_user(instance_id, "ada@example.com", external_id="1"))
    await store.users.create(a_user(new_instance_id(), "ada@example.com", external_id="1"))


async def test_fifty_people_claiming_one_address_make_one_user(nodes: list[Store], instance_id: InstanceId) -> None:
    async def claim(node: Store) -> bool:  # R-REL-02
        try:
            await node.users.create(a_user(instance_id, "ada@example.com"))
        except IdentifierTaken:
            return False
        return True

    assert sorted(await race(nodes, claim))[-2:] == [False, True]
    assert await nodes[0].users.count(instance_id, UserFilter()) == 1


async def test_a_refused_address_does_not_end_the_transaction(store: Store, instance_id: InstanceId) -> None:
    await store.users.create(a_user(instance_id, "ada@example.com"))
    async with store.transaction() as tx:
        with pytest.raises(IdentifierTaken):
            await tx.users.create(a_user(instance_id, "ada@example.com"))
        user = a_user(instance_id, "bob@example.com")
        await tx.users.create(user)
        with pytest.raises(IdentifierTaken):
            await tx.users.add_identifier(an_address(user.id, instance_id, "ada@example.com"))
    assert await store.users.find(instance_id, user.id) == user
    assert await store.users.count(instance_id, UserFilter()) == 2


# -- change


async def test_whoever_saves_second_is_told(nodes: list[Store], instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await nodes[0].users.create(user)

    async def rename(node: Store) -> bool:
        try:
            await node.users.save(replace(user, first_name="Ada", updated_at=LATER), expected=user.updated_at)
        except Conflict:
            return False
        return True

    assert (await race(nodes, rename)).count(True) == 1


async def test_saving_writes_every_column(store: Store, instance_id: InstanceId) -> None:
    full = a_full_user(instance_id)
    plain = User(full.id, instance_id, NOW, NOW, identifiers=full.identifiers)
    await store.users.create(plain)
    await store.users.save(replace(full, updated_at=LATER), expected=NOW)
    assert await store.users.find(instance_id, full.id) == replace(full, updated_at=LATER)


async def test_a_user_read_in_a_transaction_is_changed_by_nobody_else(
    nodes: list[Store], instance_id: InstanceId
) -> None:
    user = a_user(instance_id)
    await nodes[0].users.create(user)

    async def count_up(node: Store) -> None:
        async with node.transaction() as tx:
            held = await tx.users.find(instance_id, user.id)
            assert held is not None
            counted = replace(held, create_organizations_limit=(held.create_organizations_limit or 0) + 1)
            await tx.users.save(counted, expected=held.updated_at)

    await race(nodes, count_up, 10)
    found = await nodes[0].users.find(instance_id, user.id)
    assert found is not None
    assert found.create_organizations_limit == 10


async def test_an_upgrade_loses_to_a_new_password(store: Store, instance_id: InstanceId) -> None:  # R-PWD-03
    old, new, other = (StoredPassword(hasher, "digest") for hasher in ("bcrypt", "argon2id", "md5"))
    user = a_user(instance_id, password=old)
    await store.users.create(user)
    assert not await store.users.upgrade_password(user.instance_id, user.id, other, new)
    assert await store.users.upgrade_password(user.instance_id, user.id, old, new)
    assert not await store.users.upgrade_password(user.instance_id, user.id, old, other)
    assert await store.users.find(instance_id, user.id) == replace(user, password=new)


async def test_fifty_tries_at_once_spend_exactly_the_limit(nodes: list[Store], instance_id: InstanceId) -> None:
    user = a_user(instance_id, "ada@example.com")  # R-LIM-03, R-LIM-06
    await nodes[0].users.create(user)
    hour = timedelta(hours=1)

    async def spend(node: Store) -> Tries | None:
        return await node.users.spend_sign_in_try(instance_id, user.id, NOW, limit=10, lock_for=hour)

    spent = [each for each in await race(nodes, spend) if each is not None]
    assert sorted(each.failed_tries for each in spent) == list(range(1, 11))
    assert [each.failed_tries for each in spent if each.locked_at] == [10]
    locked = await nodes[0].users.find(instance_id, user.id)
    assert locked is not None
    assert (locked.locked_at, locked.locked_until) == (NOW, NOW + hour)


async def test_a_lock_that_ran_out_starts_the_count_anew(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    hour = timedelta(hours=1)

    async def spend(now: Instant) -> Tries | None:
        return await store.users.spend_sign_in_try(instance_id, user.id, now, limit=2, lock_for=hour)

    await spend(NOW)
    await spend(NOW)
    assert await spend(NOW + timedelta(minutes=59)) is None
    spent = await spend(NOW + hour)
    assert spent is not None
    assert (spent.failed_tries, spent.locked_at) == (1, None)


async def test_fifty_tries_of_a_password_count_towards_the_lock_and_the_hard_stop(  # R-LIM-03, R-LIM-04
    nodes: list[Store], instance_id: InstanceId
) -> None:
    user = a_user(instance_id)
    await nodes[0].users.create(user)
    hour = timedelta(hours=1)

    async def spend(node: Store) -> Tries | None:
        return await node.users.spend_sign_in_try(instance_id, user.id, NOW, limit=100, lock_for=hour, password_limit=7)

    spent = [each for each in await race(nodes, spend) if each is not None]
    assert sorted(each.password_failures for each in spent) == list(range(1, 8))
    assert sorted(each.failed_tries for each in spent) == list(range(1, 8))
    refused = await nodes[0].users.find(instance_id, user.id)
    assert refused is not None
    assert (refused.failed_tries, refused.password_failures) == (7, 7)  # a refused try is not counted


async def test_an_administrators_lock_is_not_undone_by_a_proof(store: Store, instance_id: InstanceId) -> None:
    by_tries = a_user(instance_id, failed_tries=9, locked_at=NOW, locked_until=LATER)
    by_administrator = a_user(instance_id, failed_tries=9, locked_at=NOW)
    for user in (by_tries, by_administrator):
        await store.users.create(user)
        await store.users.reset_sign_in_tries(instance_id, user.id)
    unlocked = replace(by_tries, failed_tries=0, locked_at=None, locked_until=None)
    assert await store.users.find(instance_id, by_tries.id) == unlocked
    assert await store.users.find(instance_id, by_administrator.id) == by_administrator


async def test_a_sign_in_is_noted_without_an_update(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    await store.users.note_sign_in(instance_id, user.id, LATER)
    assert await store.users.find(instance_id, user.id) == replace(user, last_sign_in_at=LATER, last_active_at=LATER)


# -- addresses


async def test_addresses_are_added_proven_and_removed(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id, "ada@example.com")
    await store.users.create(user)
    added = an_address(user.id, instance_id, "new@example.com", verified_at=None, verification_strategy=None)
    added = replace(added, created_at=LATER, updated_at=LATER, reserved=True)
    await store.users.add_identifier(added)
    assert await store.users.find_identifier(instance_id, added.id) == added
    assert await store.users.verify_identifier(instance_id, added.id, "email_code", LATER)
    proven = replace(added, verified_at=LATER, verification_strategy="email_code", reserved=False)
    assert await store.users.find(instance_id, user.id) == replace(user, identifiers=(*user.identifiers, proven))
    assert await store.users.unverify_identifier(instance_id, added.id, LATER)
    assert await store.users.find_identifier(instance_id, added.id) == replace(added, reserved=False)
    assert await store.users.remove_identifier(instance_id, added.id)
    assert not await store.users.remove_identifier(instance_id, added.id)
    assert await store.users.find(instance_id, user.id) == user


async def test_a_removed_address_is_nobodys_primary(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id, "ada@example.com")
    await store.users.create(user)
    verification = a_verification(instance_id, user.identifiers[0].id)
    await store.verifications.start(verification)
    await store.users.remove_identifier(instance_id, user.identifiers[0].id)
    found = await store.users.find(instance_id, user.id)
    assert found == replace(user, identifiers=(), primary_email_address_id=None)
    assert await store.verifications.find(instance_id, verification.id) is None


async def test_fifty_users_adding_one_address_give_it_to_one(nodes: list[Store], instance_id: InstanceId) -> None:
    users = [a_user(instance_id) for _ in range(RACERS)]  # R-REL-02
    for user in users:
        await nodes[0].users.create(user)

    async def add(node: Store, user: User) -> bool:
        try:
            await node.users.add_identifier(an_address(user.id, instance_id, "ada@example.com"))
        except IdentifierTaken:
            return False
        return True

    assert (await race_each(nodes, add, users)).count(True) == 1


async def test_nobody_adds_an_address_to_a_deleted_user(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    with pytest.raises(NotFound):
        await store.users.add_identifier(an_address(user.id, instance_id, "ada@example.com"))
    await store.users.create(a_user(instance_id, "ada@example.com"))


async def test_a_deleted_user_leaves_nothing_of_theirs(store: Store, instance_id: InstanceId) -> None:
    user, client, session = await signed_in(store, instance_id, "ada@example.com")
    sign_in, sign_up, ticket = a_sign_in(client, user), a_sign_up(client, created_user_id=user.id), a_ticket(user)
    of_address = a_verification(instance_id, user.identifiers[0].id)
    of_sign_in = a_verification(instance_id, sign_in.id)
    await store.sign_ins.create(sign_in)
    await store.sign_ups.create(sign_up)
    await store.tickets.create(ticket)
    await store.verifications.start(of_address)
    await store.verifications.start(of_sign_in)
    bystander, _, other_session = await signed_in(store, instance_id, "bob@example.com")

    assert await store.users.delete(instance_id, user.id)
    assert not await store.users.delete(instance_id, user.id)

    assert await store.users.find(instance_id, user.id) is None
    assert await store.users.find_identifier(instance_id, user.identifiers[0].id) is None
    assert await store.sessions.find(instance_id, session.id) is None
    assert await store.sign_ins.find(instance_id, sign_in.id) is None
    assert await store.sign_ups.find(instance_id, sign_up.id) is None
    assert await store.tickets.find(instance_id, ticket.kind, ticket.id) is None
    assert await store.verifications.find(instance_id, of_address.id) is None
    assert await store.verifications.find(instance_id, of_sign_in.id) is None
    assert await store.users.find(instance_id, bystander.id) == bystander
    assert await store.sessions.find(instance_id, other_session.id) == other_session
    await store.users.create(a_user(instance_id, "ada@example.com"))


async def test_a_session_of_a_deleted_user_mints_nothing(store: Store, instance_id: InstanceId) -> None:  # R-SES-07
    user, client = a_user(instance_id), a_client(instance_id)
    session = a_session(user, client)
    await store.clients.create(client)
    await store.sessions.create(session)  # written by a sign-in that raced with the deletion
    assert await store.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None


async def test_tries_of_a_password_stop_at_the_most_however_many_come_at_once(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-LIM-04, R-LIM-06
    user = a_user(instance_id, "ada@example.com")
    await nodes[0].users.create(user)
    tries = [nodes[n % 2].users.spend_password_try(instance_id, user.id, limit=5) for n in range(12)]
    spent = await asyncio.gather(*tries)
    assert sorted(each for each in spent if each is not None) == [1, 2, 3, 4, 5]
    await nodes[0].users.reset_password_failures(instance_id, user.id)
    assert await nodes[1].users.spend_password_try(instance_id, user.id, limit=5) == 1


async def test_a_store_knows_which_peppers_its_passwords_need(
    store: Store, instance_id: InstanceId
) -> None:  # R-PWD-02
    assert list(await store.peppers_in_use()) == []
    for pepper in ("pepper_b", "pepper_a", "pepper_b", None):
        await store.users.create(a_user(instance_id, password=StoredPassword("argon2id", "$argon2id$", pepper)))
    assert list(await store.peppers_in_use()) == ["pepper_a", "pepper_b"]
