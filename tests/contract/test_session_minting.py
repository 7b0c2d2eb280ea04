"""One read gives every store's answer to: may this browser have a token for this session?"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface import MintFacts, Store

from .values import LATER, NOW, a_client, a_full_session, a_full_user, a_session, an_end, digest, signed_in

GRACE = timedelta(seconds=10)


async def test_one_read_tells_all_that_a_token_needs(store: Store, instance_id: InstanceId) -> None:
    user, client = a_full_user(instance_id), a_client(instance_id)
    session = a_full_session(user, client)
    await store.users.create(user)
    await store.clients.create(client)
    await store.sessions.create(session)
    asked = (instance_id, client.secret_hash, session.id, NOW)
    without, with_user = MintFacts(session, user.banned), MintFacts(session, user.banned, user)
    assert await store.sessions.mint_facts(*asked) == without
    assert await store.sessions.mint_facts(*asked, with_user=True) == with_user
    async with store.transaction() as tx:
        assert await tx.sessions.mint_facts(*asked) == without
        assert await tx.sessions.mint_facts(*asked, with_user=True) == with_user


async def test_a_user_without_addresses_can_have_a_token(store: Store, instance_id: InstanceId) -> None:
    user, client, session = await signed_in(store, instance_id)
    facts = await store.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW, with_user=True)
    assert facts == MintFacts(session, False, user)


async def test_only_the_client_of_a_session_gets_its_facts(store: Store, instance_id: InstanceId) -> None:  # R-SES-11
    _, client, session = await signed_in(store, instance_id, "ada@example.com")
    _, other, _ = await signed_in(store, instance_id, "bob@example.com")
    for secret_hash in (other.secret_hash, digest(), b""):
        assert await store.sessions.mint_facts(instance_id, secret_hash, session.id, NOW) is None
    assert await store.sessions.mint_facts(new_instance_id(), client.secret_hash, session.id, NOW) is None


async def test_a_rotated_secret_mints_within_its_grace_only(store: Store, instance_id: InstanceId) -> None:  # R-SES-08
    _, client, session = await signed_in(store, instance_id)
    new = digest()
    assert await store.clients.rotate_secret(client, new, NOW, grace=GRACE)
    for secret_hash, now, mints in ((new, LATER, True), (client.secret_hash, NOW, True),
                                    (client.secret_hash, NOW + GRACE, False)):  # fmt: skip
        facts = await store.sessions.mint_facts(instance_id, secret_hash, session.id, now)
        assert (facts is not None) is mints


async def test_a_secret_of_before_mints_for_nothing_that_began_with_the_new_one(  # R-FLOW-01, R-SES-08
    store: Store, instance_id: InstanceId
) -> None:
    user, client, _ = await signed_in(store, instance_id)
    new = digest()
    assert await store.clients.rotate_secret(client, new, NOW, grace=GRACE)
    after = await store.clients.find_by_secret(instance_id, new)
    assert after is not None
    unknown = a_session(user, after, generation=None)  # of the previous release
    for session in (begun := a_session(user, after), unknown):
        await store.sessions.create(session)
        assert await store.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None
        assert await store.sessions.mint_facts(instance_id, new, session.id, NOW) == MintFacts(session, False)
    # by generation, not by time: the next rotation opens it to the secret that it began with
    assert await store.clients.rotate_secret(after, digest(), NOW, grace=GRACE)
    assert await store.sessions.mint_facts(instance_id, new, begun.id, NOW) == MintFacts(begun, False)
    assert await store.sessions.mint_facts(instance_id, client.secret_hash, begun.id, NOW) is None


@pytest.mark.parametrize("second", [False, True])
async def test_a_secret_of_before_mints_with_the_factor_ages_of_before(  # R-SES-08
    store: Store, instance_id: InstanceId, second: bool
) -> None:
    _, client, session = await signed_in(store, instance_id)
    new = digest()
    await store.sessions.note_factor(instance_id, session.id, LATER, generation=1, second=second)
    assert await store.clients.rotate_secret(client, new, NOW, grace=GRACE)
    grown = await store.sessions.find(instance_id, session.id)
    assert grown == replace(session, generation=1, **{"second_factor_at" if second else "first_factor_at": LATER})
    for with_user in (False, True):
        by_new = await store.sessions.mint_facts(instance_id, new, session.id, NOW, with_user=with_user)
        by_old = await store.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW, with_user=with_user)
        assert by_new is not None
        assert by_old is not None
        assert by_new.session == grown
        assert by_old.session == replace(session, generation=1)


async def test_no_node_mints_once_a_revoke_is_acknowledged(nodes: list[Store], instance_id: InstanceId) -> None:
    user, client, _ = await signed_in(nodes[0], instance_id)  # R-SES-06

    async def mint_until_revoked(node: Store, session: Session, revoked: asyncio.Event) -> int:
        """How many reads that began after the acknowledgement still saw a live session."""
        wrong = 0
        for _ in range(200):
            after = revoked.is_set()
            facts = await node.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW)
            wrong += after and facts is not None
            if after:
                break
            await asyncio.sleep(0)
        return wrong

    async def revoke(node: Store, session: Session, revoked: asyncio.Event) -> None:
        assert await node.sessions.finish(instance_id, session.id, an_end(SessionStatus.REVOKED, LATER))
        revoked.set()

    for _ in range(50):
        session, revoked = a_session(user, client), asyncio.Event()
        await nodes[0].sessions.create(session)
        minting = [mint_until_revoked(node, session, revoked) for node in nodes * 3]
        counts = await asyncio.gather(*minting, revoke(nodes[0], session, revoked))
        assert not any(counts)
        assert await nodes[1].sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None
