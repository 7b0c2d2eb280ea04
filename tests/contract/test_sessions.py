"""What every store promises about sessions: found live, ended once, never revived."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from sqlalchemy import text

from sojourn.ids import InstanceId, SessionId
from sojourn.ids import instance_id as new_instance_id
from sojourn.instant import Instant
from sojourn.sessions.session import Session, SessionStatus
from sojourn.store.interface import DevBrowser, MintFacts, Page, SessionFilter, Store
from sojourn.store.opening import open_store
from sojourn.store.sql.connections import EngineDatabase

from .values import LATER, NOW, a_client, a_full_session, a_full_user, a_session, a_user, digest, race, signed_in

GRACE = timedelta(seconds=10)


async def test_a_session_comes_back_as_it_was_given(store: Store, instance_id: InstanceId) -> None:
    user, client = a_user(instance_id), a_client(instance_id)
    session = a_full_session(user, client)
    await store.sessions.create(session)
    assert await store.sessions.find(instance_id, session.id) == session
    assert await store.sessions.of_client(client.id) == [session]
    assert await store.sessions.of_user(instance_id, user.id) == [session]
    async with store.transaction() as tx:
        assert await tx.sessions.find(instance_id, session.id) == session
        assert await tx.sessions.of_client(client.id) == [session]


async def test_live_sessions_of_a_client_are_listed_oldest_first(store: Store, instance_id: InstanceId) -> None:
    client, user = a_client(instance_id), a_user(instance_id)
    young = a_session(user, client, created_at=LATER)
    old = a_session(user, client, status=SessionStatus.PENDING)
    over = [a_session(user, client, status=status) for status in list(SessionStatus)[2:]]
    for session in (young, old, *over, a_session(user, a_client(instance_id))):
        await store.sessions.create(session)
    assert await store.sessions.of_client(client.id) == [old, young]


async def test_live_sessions_of_a_user_are_listed_by_last_use(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    idle, used = (a_session(user, a_client(instance_id), last_active_at=at) for at in (NOW, LATER))
    for session in (idle, used, a_session(user, a_client(instance_id), status=SessionStatus.REVOKED)):
        await store.sessions.create(session)
    assert await store.sessions.of_user(instance_id, user.id) == [used, idle]
    assert await store.sessions.of_user(new_instance_id(), user.id) == []


async def test_sessions_are_listed_and_counted_by_the_status_that_the_clock_gives(
    store: Store, instance_id: InstanceId
) -> None:
    user, client, active = await signed_in(store, instance_id)
    expired = a_session(user, client, expire_at=LATER)
    abandoned = a_session(user, client, inactivity=timedelta(seconds=60))
    revoked = a_session(user, a_client(instance_id), status=SessionStatus.REVOKED, expire_at=NOW)
    for session in (expired, abandoned, revoked):
        await store.sessions.create(session)

    async def listed(status: SessionStatus | None, now: Instant) -> set[SessionId]:
        where = SessionFilter(status=status, now=now)
        found = await store.sessions.list(instance_id, where, Page())
        assert len(found) == await store.sessions.count(instance_id, where)
        return {session.id for session in found}

    assert await listed(SessionStatus.ACTIVE, LATER) == {active.id}
    assert await listed(SessionStatus.EXPIRED, LATER) == {expired.id}
    assert await listed(SessionStatus.ABANDONED, LATER) == {abandoned.id}
    assert await listed(SessionStatus.REVOKED, LATER) == {revoked.id}
    assert await listed(SessionStatus.ACTIVE, NOW) == {active.id, expired.id, abandoned.id}
    by_client = SessionFilter(client_id=client.id, user_id=user.id, now=NOW)
    assert await store.sessions.count(instance_id, by_client) == 3
    assert await store.sessions.count(new_instance_id(), SessionFilter()) == 0


async def test_sessions_are_listed_page_by_page_newest_first(store: Store, instance_id: InstanceId) -> None:
    user, client = a_user(instance_id), a_client(instance_id)
    made = [a_session(user, client, created_at=NOW + timedelta(seconds=n)) for n in range(5)]
    for session in made:
        await store.sessions.create(session)
    pages = [await store.sessions.list(instance_id, SessionFilter(), Page(2, offset)) for offset in (0, 2, 4, 10**20)]
    assert [session for page in pages for session in page] == made[::-1]


# -- minting


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
        assert await node.sessions.finish(instance_id, session.id, SessionStatus.REVOKED, LATER)
        revoked.set()

    for _ in range(50):
        session, revoked = a_session(user, client), asyncio.Event()
        await nodes[0].sessions.create(session)
        minting = [mint_until_revoked(node, session, revoked) for node in nodes * 3]
        counts = await asyncio.gather(*minting, revoke(nodes[0], session, revoked))
        assert not any(counts)
        assert await nodes[1].sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None


# -- ending


async def test_of_fifty_who_end_a_session_one_gets_it(nodes: list[Store], instance_id: InstanceId) -> None:  # R-REL-02
    _, _, session = await signed_in(nodes[0], instance_id)

    async def end(node: Store) -> Session | None:
        return await node.sessions.finish(instance_id, session.id, SessionStatus.ENDED, LATER)

    ended = [each for each in await race(nodes, end) if each is not None]
    assert ended == [replace(session, status=SessionStatus.ENDED, updated_at=LATER)]


@pytest.mark.parametrize("status", [each for each in SessionStatus if each not in ("active", "pending")])
async def test_nothing_revives_an_ended_session(
    store: Store, instance_id: InstanceId, database_url: str, status: SessionStatus
) -> None:  # R-SES-10
    user, client, session = await signed_in(store, instance_id)
    ended = await store.sessions.finish(instance_id, session.id, status, NOW)
    assert await store.sessions.finish(instance_id, session.id, SessionStatus.ENDED, LATER) is None
    assert await store.sessions.finish_of_client(client.id, SessionStatus.ENDED, LATER) == []
    assert await store.sessions.finish_of_user(instance_id, user.id, SessionStatus.ENDED, LATER) == []
    assert await store.sessions.save_data(instance_id, session.id, {"a": 1}, {}, LATER) is None
    await store.sessions.touch_many({session.id: LATER})
    await store.sessions.note_factor(instance_id, session.id, LATER, generation=1)
    await store.sessions.finish_timed_out(NOW + timedelta(days=99), most=10)
    assert await store.sessions.find(instance_id, session.id) == ended
    assert await store.sessions.mint_facts(instance_id, client.secret_hash, session.id, NOW) is None
    restarted = open_store(database_url)
    await restarted.migrate()
    assert await restarted.sessions.find(instance_id, session.id) == ended
    await restarted.close()


async def test_sessions_of_a_client_or_user_end_together(store: Store, instance_id: InstanceId) -> None:  # R-SES-07
    user, client, first = await signed_in(store, instance_id)
    second, elsewhere = a_session(user, client), a_session(user, a_client(instance_id))
    for session in (second, elsewhere):
        await store.sessions.create(session)
    ended = await store.sessions.finish_of_user(instance_id, user.id, SessionStatus.REVOKED, LATER, keep=second.id)
    assert {each.id for each in ended} == {first.id, elsewhere.id}
    assert {each.status for each in ended} == {SessionStatus.REVOKED}
    ended = await store.sessions.finish_of_client(client.id, SessionStatus.REMOVED, LATER)
    assert [each.id for each in ended] == [second.id]
    assert await store.sessions.finish_of_user(new_instance_id(), user.id, SessionStatus.REVOKED, LATER) == []


async def test_all_sessions_of_an_instance_end_in_steps(store: Store, instance_id: InstanceId) -> None:  # R-SES-05
    first_user, client, first = await signed_in(store, instance_id)
    _, _, elsewhere = await signed_in(store, new_instance_id())
    more = [a_session(first_user, client) for _ in range(4)]
    later = a_session(first_user, client, created_at=LATER)
    for session in (*more, later):
        await store.sessions.create(session)
    steps = [await store.sessions.finish_of_instance(instance_id, SessionStatus.REVOKED, NOW, most=3) for _ in range(3)]
    assert [len(step) for step in steps] == [3, 2, 0]
    assert {each.id for step in steps for each in step} == {first.id, *(each.id for each in more)}
    for untouched in (later, elsewhere):
        assert await store.sessions.find(untouched.instance_id, untouched.id) == untouched


async def test_sessions_cannot_be_ended_from_another_instance(store: Store, instance_id: InstanceId) -> None:
    user, _, session = await signed_in(store, instance_id)  # R-AUZ-02
    other = new_instance_id()
    assert await store.sessions.find(other, session.id) is None
    assert await store.sessions.finish(other, session.id, SessionStatus.REVOKED, NOW) is None
    assert await store.sessions.finish_of_user(other, user.id, SessionStatus.REVOKED, NOW) == []
    assert await store.sessions.save_data(other, session.id, {}, {}, NOW) is None
    assert await store.sessions.find(instance_id, session.id) == session


async def test_what_the_clock_has_ended_is_written_down(store: Store, instance_id: InstanceId) -> None:
    user, client, live = await signed_in(store, instance_id)
    expired = [a_session(user, client, expire_at=LATER) for _ in range(3)]
    idle = a_session(user, client, inactivity=timedelta(minutes=1))
    for session in (*expired, idle):
        await store.sessions.create(session)
    assert await store.sessions.finish_timed_out(NOW, most=10) == 0
    assert await store.sessions.finish_timed_out(LATER, most=3) == 3
    assert await store.sessions.finish_timed_out(LATER, most=3) == 1
    found = [await store.sessions.find(instance_id, each.id) for each in (*expired, idle, live)]
    assert [each.status for each in found if each] == ["expired", "expired", "expired", "abandoned", "active"]


async def test_a_session_that_is_used_is_due_again_when_it_may_be_over_next(
    store: Store, instance_id: InstanceId
) -> None:  # R-SES-01
    minute = timedelta(minutes=1)
    user, client, _ = await signed_in(store, instance_id)
    session = a_session(user, client, inactivity=minute, expire_at=NOW + 3 * minute)
    await store.sessions.create(session)
    await store.sessions.touch_many({session.id: NOW + minute / 2})
    assert await store.sessions.finish_timed_out(NOW + minute, most=10) == 1  # looked at, and left as it is
    assert await store.sessions.find(instance_id, session.id) == replace(session, last_active_at=NOW + minute / 2)
    assert await store.sessions.finish_timed_out(NOW + minute, most=10) == 0
    await store.sessions.touch_many({session.id: NOW + 2.5 * minute})
    assert await store.sessions.finish_timed_out(NOW + 2.9 * minute, most=10) == 1
    assert (
        await store.sessions.finish_timed_out(NOW + 2.99 * minute, most=10) == 0
    )  # its end comes before the next idle moment
    assert await store.sessions.finish_timed_out(NOW + 3 * minute, most=10) == 1
    found = await store.sessions.find(instance_id, session.id)
    assert found and (found.status, found.updated_at) == (SessionStatus.EXPIRED, NOW + 3 * minute)


async def test_sessions_that_the_release_before_writes_are_due_at_once(store: Store, instance_id: InstanceId) -> None:
    user, client, live = await signed_in(store, instance_id)
    idle = a_session(user, client, inactivity=timedelta(minutes=1))
    await store.sessions.create(idle)
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    await database.change(text("UPDATE sessions SET due_at = 0"))
    assert await store.sessions.finish_timed_out(LATER, most=10) == 2
    found = [await store.sessions.find(instance_id, each.id) for each in (idle, live)]
    assert [each.status for each in found if each] == ["abandoned", "active"]
    assert await store.sessions.finish_timed_out(LATER, most=10) == 0


# -- use


async def test_uses_move_forward_only_and_in_one_statement(store: Store, instance_id: InstanceId) -> None:  # R-SES-02
    user, client, session = await signed_in(store, instance_id)
    second = a_session(user, client, last_active_at=LATER)
    await store.sessions.create(second)
    await store.sessions.touch_many({session.id: LATER, second.id: NOW, SessionId("sess_unknown"): LATER})
    await store.sessions.touch_many({})
    assert await store.sessions.find(instance_id, session.id) == replace(session, last_active_at=LATER)
    assert await store.sessions.find(instance_id, second.id) == second


async def test_touching_and_ending_many_sessions_never_wait_for_each_other_forever(
    nodes: list[Store], instance_id: InstanceId
) -> None:
    user, client, _ = await signed_in(nodes[0], instance_id)
    for _ in range(5):
        sessions = [a_session(user, client) for _ in range(40)]
        for session in sessions:
            await nodes[0].sessions.create(session)
        forth = {session.id: LATER for session in sessions}
        back = dict(reversed(list(forth.items())))
        await asyncio.gather(
            nodes[0].sessions.touch_many(forth),
            nodes[1].sessions.touch_many(back),
            nodes[0].sessions.finish_of_user(instance_id, user.id, SessionStatus.REVOKED, LATER),
            nodes[1].sessions.finish_of_client(client.id, SessionStatus.ENDED, LATER),
        )
        assert await nodes[0].sessions.of_client(client.id) == []


async def test_data_and_factors_are_kept_on_a_live_session(store: Store, instance_id: InstanceId) -> None:
    _, _, session = await signed_in(store, instance_id)
    saved = await store.sessions.save_data(instance_id, session.id, {"a": [1, None]}, {"b": "\x00"}, LATER)
    expected = replace(session, public_data={"a": [1, None]}, private_data={"b": "\x00"}, updated_at=LATER)
    assert saved == expected
    await store.sessions.note_factor(instance_id, session.id, LATER, generation=1)
    await store.sessions.note_factor(instance_id, session.id, LATER, generation=2, second=True)
    expected = replace(expected, first_factor_at=LATER, second_factor_at=LATER, generation=2)
    assert await store.sessions.find(instance_id, session.id) == expected


# -- forgetting


async def test_ended_sessions_and_browsers_that_cannot_come_back_are_forgotten(
    store: Store, instance_id: InstanceId
) -> None:
    user, client, recent = await signed_in(store, instance_id, "ada@example.com")
    ended = a_session(user, client, status=SessionStatus.ENDED, expire_at=NOW)
    live = a_session(user, a_client(instance_id), expire_at=NOW)  # over, but not written down so yet
    for each in (ended, live):
        await store.sessions.create(each)
    used = replace(a_client(instance_id), id=live.client_id, expire_at=NOW)
    unused = replace(a_client(instance_id), expire_at=NOW)
    later = replace(a_client(instance_id), expire_at=LATER)
    for each in (used, unused, later):
        await store.clients.create(each)
    await store.clients.create_dev_browser(DevBrowser(b"d" * 32, instance_id, unused.id, NOW))

    assert await store.forget_ended(NOW.before(timedelta(milliseconds=1)), most=10) == 0
    assert await store.forget_ended(NOW, most=10) == 2
    assert await store.forget_ended(NOW, most=10) == 0

    assert await store.sessions.find(instance_id, ended.id) is None
    for kept in (recent, live):
        assert await store.sessions.find(instance_id, kept.id) == kept
    assert await store.clients.find(instance_id, unused.id) is None
    assert await store.clients.find_dev_browser(instance_id, b"d" * 32) is None
    for browser in (client, used, later):
        assert await store.clients.find(instance_id, browser.id) is not None


async def test_a_client_is_known_by_sessions_of_the_user_themselves_that_ended_since(
    store: Store, instance_id: InstanceId
) -> None:  # R-LIM-03
    user, others = a_user(instance_id), a_user(instance_id)
    for each in (user, others):
        await store.users.create(each)

    async def is_known(**given: Any) -> bool:
        client = a_client(instance_id)
        await store.clients.create(client)
        await store.sessions.create(a_session(user, client, **given))
        assert not await store.sessions.is_known_device(client.id, others.id, since=Instant(0))
        return await store.sessions.is_known_device(client.id, user.id, since=NOW)

    assert await is_known()
    assert await is_known(status=SessionStatus.ENDED, updated_at=LATER)
    assert not await is_known(status=SessionStatus.ENDED, updated_at=NOW)
    assert not await is_known(actor={"sub": "user_support"})


async def test_devices_are_forgotten_beside_whoever_changes_the_user(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    await store.users.forget_devices(new_instance_id(), user.id, LATER)
    assert await store.users.find(instance_id, user.id) == user
    await store.users.forget_devices(instance_id, user.id, LATER)
    assert await store.users.find(instance_id, user.id) == replace(user, devices_forgotten_at=LATER)
