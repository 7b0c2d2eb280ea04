"""What every store promises about sign-ins, sign-ups and verifications."""

from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.errors import Conflict
from sojourn.factors.verification import Verification, VerificationStatus
from sojourn.ids import IdentifierId, InstanceId, SessionId, UserId, VerificationId
from sojourn.ids import instance_id as new_instance_id
from sojourn.sign_ins.sign_in import SignInStatus
from sojourn.sign_ups.sign_up import SignUpStatus
from sojourn.store.interface import Store

from .values import LATER, NOW, RACERS, a_client, a_sign_in, a_sign_up, a_user, a_verification, digest, race, race_each

# -- sign-ins and sign-ups


async def test_attempts_come_back_as_they_were_given(store: Store, instance_id: InstanceId) -> None:
    client = a_client(instance_id)
    sign_in = a_sign_in(
        client, a_user(instance_id), verification_id=VerificationId("ver_1"), created_session_id=SessionId("sess_1")
    )
    decoy = a_sign_in(client, identifier=None, strategy=None)
    sign_up = a_sign_up(client, created_user_id=UserId("user_1"), created_session_id=SessionId("sess_1"))
    bare = replace(a_sign_up(client), email_address=None, email_canonical=None, email_verified_at=None, password=None)
    await store.sign_ins.create(sign_in)
    await store.sign_ins.create(decoy)
    await store.sign_ups.create(sign_up)
    await store.sign_ups.create(bare)
    assert await store.sign_ins.find(instance_id, sign_in.id) == sign_in
    assert await store.sign_ins.find(instance_id, decoy.id) == decoy
    assert await store.sign_ups.find(instance_id, sign_up.id) == sign_up
    assert await store.sign_ups.find(instance_id, bare.id) == bare
    assert await store.sign_ins.find(new_instance_id(), sign_in.id) is None  # R-AUZ-02
    assert await store.sign_ups.find(new_instance_id(), sign_up.id) is None


async def test_of_fifty_tabs_one_completes_a_sign_in(nodes: list[Store], instance_id: InstanceId) -> None:  # R-REL-02
    sign_in = a_sign_in(a_client(instance_id))
    await nodes[0].sign_ins.create(sign_in)
    names = iter(range(RACERS))

    async def complete(node: Store) -> SessionId | None:
        session_id = SessionId(f"sess_{next(names)}")
        after = replace(sign_in, status=SignInStatus.COMPLETE, created_session_id=session_id, updated_at=LATER)
        try:
            await node.sign_ins.move(sign_in, after)
        except Conflict:
            return None
        return session_id

    (winner,) = [each for each in await race(nodes, complete) if each is not None]
    found = await nodes[0].sign_ins.find(instance_id, sign_in.id)
    assert found is not None
    assert found.created_session_id == winner


async def test_a_sign_in_that_waits_for_another_code_does_not_move(store: Store, instance_id: InstanceId) -> None:
    before = a_sign_in(a_client(instance_id))
    await store.sign_ins.create(before)
    first = replace(before, verification_id=VerificationId("ver_1"))
    await store.sign_ins.move(before, first)
    with pytest.raises(Conflict):
        await store.sign_ins.move(before, replace(before, status=SignInStatus.COMPLETE))
    await store.sign_ins.move(first, replace(first, verification_id=VerificationId("ver_2")))


async def test_of_fifty_tabs_one_moves_a_sign_up(nodes: list[Store], instance_id: InstanceId) -> None:  # R-REL-02
    sign_up = a_sign_up(a_client(instance_id))
    await nodes[0].sign_ups.create(sign_up)

    async def complete(node: Store) -> bool:
        try:
            await node.sign_ups.move(sign_up, replace(sign_up, status=SignUpStatus.COMPLETE, updated_at=LATER))
        except Conflict:
            return False
        return True

    assert (await race(nodes, complete)).count(True) == 1


async def test_a_new_password_ends_the_other_sign_ins(store: Store, instance_id: InstanceId) -> None:  # R-PWD-11
    user, client = a_user(instance_id), a_client(instance_id)
    open_one, kept, done = (
        a_sign_in(client, user),
        a_sign_in(client, user),
        a_sign_in(client, user, status=SignInStatus.COMPLETE),
    )
    somebody_elses = a_sign_in(client, a_user(instance_id))
    for sign_in in (open_one, kept, done, somebody_elses):
        await store.sign_ins.create(sign_in)
    await store.sign_ins.abandon_of_user(instance_id, user.id, LATER, keep=kept.id)
    ended = await store.sign_ins.find(instance_id, open_one.id)
    assert ended is not None
    assert ended.status_at(LATER) is SignInStatus.ABANDONED
    for sign_in in (kept, done, somebody_elses):
        assert await store.sign_ins.find(instance_id, sign_in.id) == sign_in


# -- verifications


async def test_a_verification_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    sent = a_verification(instance_id, "sia_1")
    decoy = a_verification(instance_id, "sia_2", proof_hash=None, identifier_id=None)
    for verification in (sent, decoy):
        await store.verifications.start(verification)
        assert await store.verifications.find(instance_id, verification.id) == verification
        assert await store.verifications.newest_of(instance_id, verification.owner_id) == verification
        assert await store.verifications.find(new_instance_id(), verification.id) is None
        assert await store.verifications.newest_of(new_instance_id(), verification.owner_id) is None


async def test_only_the_newest_code_is_valid(store: Store, instance_id: InstanceId) -> None:  # R-OTP-01
    old, new = a_verification(instance_id), a_verification(instance_id)
    bystander = a_verification(instance_id, "sia_other")
    for verification in (bystander, old, new):
        await store.verifications.start(verification)
    assert await store.verifications.spend_try(instance_id, old.id, NOW) is None
    assert await store.verifications.consume(instance_id, old.id, old.proof_hash, NOW) is None
    assert await store.verifications.newest_of(instance_id, new.owner_id) == new
    assert await store.verifications.consume(instance_id, new.id, new.proof_hash, NOW) is not None
    assert await store.verifications.consume(instance_id, bystander.id, bystander.proof_hash, NOW) is not None


async def test_a_proven_code_stays_proven_when_another_is_sent(store: Store, instance_id: InstanceId) -> None:
    old, new = a_verification(instance_id), a_verification(instance_id)
    await store.verifications.start(old)
    await store.verifications.consume(instance_id, old.id, old.proof_hash, NOW)
    await store.verifications.start(new)
    found = await store.verifications.find(instance_id, old.id)
    assert found == replace(old, status=VerificationStatus.VERIFIED, verified_at=NOW)


async def test_of_fifty_codes_sent_at_once_one_is_valid(nodes: list[Store], instance_id: InstanceId) -> None:
    sent = [a_verification(instance_id) for _ in range(RACERS)]  # R-OTP-01
    await race_each(nodes, lambda node, verification: node.verifications.start(verification), sent)
    found = [await nodes[0].verifications.find(instance_id, each.id) for each in sent]
    assert [each.status for each in found if each].count(VerificationStatus.UNVERIFIED) == 1


async def test_of_fifty_tries_at_once_five_are_counted(nodes: list[Store], instance_id: InstanceId) -> None:
    verification = a_verification(instance_id)  # R-OTP-01, R-LIM-06
    await nodes[0].verifications.start(verification)

    async def spend(node: Store) -> Verification | None:
        return await node.verifications.spend_try(instance_id, verification.id, NOW)

    spent = [each.tries for each in await race(nodes, spend) if each is not None]
    assert sorted(spent) == [1, 2, 3, 4, 5]
    found = await nodes[0].verifications.find(instance_id, verification.id)
    assert found is not None
    assert found.status_at(NOW) is VerificationStatus.FAILED


async def test_of_fifty_who_bring_one_state_one_spends_it_and_can_still_consume(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-OAU-01, R-REL-02
    verification = a_verification(instance_id)
    await nodes[0].verifications.start(verification)
    store, id = nodes[0].verifications, verification.id
    assert await store.spend_all_tries(instance_id, id, verification.expire_at) is None
    assert await store.spend_all_tries(new_instance_id(), id, NOW) is None

    async def spend(node: Store) -> Verification | None:
        return await node.verifications.spend_all_tries(instance_id, id, NOW)

    spent = [each for each in await race(nodes, spend) if each is not None]
    assert spent == [replace(verification, tries=verification.max_tries)]
    assert spent[0].status_at(NOW) is VerificationStatus.FAILED
    assert await store.spend_try(instance_id, id, NOW) is None
    consumed = await store.consume(instance_id, id, verification.proof_hash, NOW)
    assert consumed is not None
    assert consumed.status_at(NOW) is VerificationStatus.VERIFIED


@pytest.mark.parametrize("with_hash", [True, False])
async def test_of_fifty_tabs_sending_one_code_one_is_let_in(
    nodes: list[Store], instance_id: InstanceId, with_hash: bool
) -> None:  # R-OTP-01, R-REL-02
    verification = a_verification(instance_id)
    await nodes[0].verifications.start(verification)
    proof_hash = verification.proof_hash if with_hash else None

    async def consume(node: Store) -> Verification | None:
        return await node.verifications.consume(instance_id, verification.id, proof_hash, LATER)

    consumed = [each for each in await race(nodes, consume) if each is not None]
    assert consumed == [replace(verification, status=VerificationStatus.VERIFIED, verified_at=LATER)]


async def test_a_wrong_late_or_foreign_code_is_not_consumed(store: Store, instance_id: InstanceId) -> None:
    verification, decoy = a_verification(instance_id), a_verification(instance_id, "sia_decoy", proof_hash=None)
    await store.verifications.start(verification)
    await store.verifications.start(decoy)
    consume, id, right = store.verifications.consume, verification.id, verification.proof_hash
    assert await consume(instance_id, id, digest(), NOW) is None
    assert await consume(instance_id, id, right, verification.expire_at) is None
    assert await consume(new_instance_id(), id, right, NOW) is None
    assert await consume(instance_id, VerificationId("ver_unknown"), right, NOW) is None
    assert await consume(instance_id, decoy.id, digest(), NOW) is None
    assert await store.verifications.spend_try(instance_id, id, verification.expire_at) is None
    assert await store.verifications.spend_try(new_instance_id(), id, NOW) is None
    assert await store.verifications.find(instance_id, id) == verification


# -- forgetting


async def test_what_is_long_over_is_forgotten(store: Store, instance_id: InstanceId) -> None:
    client = a_client(instance_id)
    old_in, new_in = a_sign_in(client, abandon_at=NOW), a_sign_in(client)
    old_up, new_up = a_sign_up(client, abandon_at=NOW), a_sign_up(client)
    old_code, new_code = a_verification(instance_id, "sia_1", expire_at=NOW), a_verification(instance_id, "sia_2")
    for sign_in, sign_up, code in ((old_in, old_up, old_code), (new_in, new_up, new_code)):
        await store.sign_ins.create(sign_in)
        await store.sign_ups.create(sign_up)
        await store.verifications.start(code)
    old_nonces, nonce = [digest() for _ in range(3)], digest()
    for each in old_nonces:
        await store.tickets.add_nonce(instance_id, each, ["a"], NOW)
    await store.tickets.add_nonce(instance_id, nonce, ["b"], LATER)

    assert await store.purge(NOW.before(timedelta(milliseconds=1)), max_rows=10) == 0
    assert await store.purge(NOW, max_rows=2) == 5
    assert await store.purge(NOW, max_rows=2) == 1

    assert await store.sign_ins.find(instance_id, old_in.id) is None
    assert await store.sign_ups.find(instance_id, old_up.id) is None
    assert await store.verifications.find(instance_id, old_code.id) is None
    assert await store.sign_ins.find(instance_id, new_in.id) == new_in
    assert await store.sign_ups.find(instance_id, new_up.id) == new_up
    assert await store.verifications.find(instance_id, new_code.id) == new_code
    assert await store.tickets.take_nonce(instance_id, nonce, NOW) == ["b"]


async def test_a_verification_of_an_address_is_found_by_it(store: Store, instance_id: InstanceId) -> None:
    idn = IdentifierId("idn_1")
    verification = a_verification(instance_id, idn, identifier_id=idn)
    await store.verifications.start(verification)
    assert await store.verifications.newest_of(instance_id, idn) == verification
