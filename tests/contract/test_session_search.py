"""Lists of sessions for administrators: every filter, three orders, pages, counts; and batches that end what a filter finds."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast, get_args

import pytest

from sojourn.ids import InstanceId
from sojourn.instant import Instant
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.session import LIVE, Device, Session, SessionStatus, ended_by_the_clock
from sojourn.store.interface import FoundSession, Position, SessionOrder, SessionSearch, Store
from sojourn.store.sql import session_search
from sojourn.store.sql.connections import EngineDatabase
from sojourn.store.sql.session_search import SessionSearches

from .test_list_plans import Explained
from .values import LATER, NOW, a_batch, a_client, a_session, a_user, signed_in

_MINUTE = timedelta(minutes=1)
_ORDERS: Sequence[SessionOrder] = get_args(SessionOrder)


async def _crowd(store: Store, instance_id: InstanceId) -> list[Session]:
    """Twelve live and twelve ended sessions of three users, begun a minute apart, the ended ones before."""
    users = [a_user(instance_id) for _ in range(3)]
    made: list[Session] = []
    for number in range(24):
        user, client, begun = users[number % 3], a_client(instance_id), NOW + number * _MINUTE
        device = Device(
            f"203.0.113.{number}" if number % 2 else f"198.51.100.{number}", "agent", ("Firefox", "Chrome")[number % 2],
            device_type=("iPhone", "Windows")[number % 2], country=("DE", "FR", "IS")[number % 3],
        )  # fmt: skip
        session = a_session(
            user, client, device=device, created_at=begun, last_active_at=begun + (number % 5) * _MINUTE,
            expire_at=begun + timedelta(days=7), strategy=("password", "email_code")[number % 2],
        )  # fmt: skip
        if number < 12:
            status, cause = ((SessionStatus.ENDED, EndCause.SIGNED_OUT), (SessionStatus.REVOKED, EndCause.REVOKED))[
                number % 2
            ]
            session = replace(session, status=status, end_cause=cause, ended_at=begun + timedelta(hours=1 + number % 4))
        await store.clients.create(client)
        await store.sessions.create(session)
        made.append(session)
    return made


def _at(session: Session, order: SessionOrder) -> int:
    times = {"created": session.created_at, "last_active": session.last_active_at, "ended": session.ended_at}
    found = times[order]
    return found.millis if found is not None else -1


def _expected(sessions: Sequence[Session], order: SessionOrder) -> list[str]:
    return [each.id for each in sorted(sessions, key=lambda each: (_at(each, order), each.id), reverse=True)]


async def _pages(store: Store, instance_id: InstanceId, where: SessionSearch, order: SessionOrder) -> list[str]:
    """The ids of all pages of five, in order."""
    found: list[FoundSession] = []
    after: Position | None = None
    while page := await store.sessions.search(instance_id, where, order, after, limit=5):
        found += page
        after = page[-1].position
    return [each.session.id for each in found]


_IN_THE_MIDDLE = (NOW + 10 * _MINUTE).millis
FILTERS: dict[str, tuple[SessionSearch, Any]] = {
    "all": (SessionSearch(), lambda s: True),
    "active": (SessionSearch(state="active"), lambda s: s.status in LIVE),
    "ended": (SessionSearch(state="ended"), lambda s: s.status not in LIVE),
    "revoked": (SessionSearch(state="revoked"), lambda s: s.status is SessionStatus.REVOKED),
    "causes": (SessionSearch(causes=("revoked", "expired")), lambda s: s.end_cause is EndCause.REVOKED),
    "country": (SessionSearch(country="IS"), lambda s: s.device.country == "IS"),
    "device": (SessionSearch(device="iphone"), lambda s: s.device.device_type == "iPhone"),
    "browser": (SessionSearch(device="FIREFOX"), lambda s: s.device.browser_name == "Firefox"),
    "strategy": (SessionSearch(strategy="email_code"), lambda s: s.strategy == "email_code"),
    "address": (SessionSearch(ip_prefix="203.0.113.1"), lambda s: s.device.ip_address.startswith("203.0.113.1")),
    "no address": (SessionSearch(ip_prefix="10."), lambda s: False),
    "begun": (
        SessionSearch(created_after=_IN_THE_MIDDLE, created_before=_IN_THE_MIDDLE + 300_000),
        lambda s: _IN_THE_MIDDLE <= s.created_at.millis < _IN_THE_MIDDLE + 300_000,
    ),
    "used": (
        SessionSearch(active_after=_IN_THE_MIDDLE, active_before=_IN_THE_MIDDLE + 300_000),
        lambda s: _IN_THE_MIDDLE <= s.last_active_at.millis < _IN_THE_MIDDLE + 300_000,
    ),
    "over": (
        SessionSearch(ended_after=(NOW + timedelta(hours=2)).millis, ended_before=(NOW + timedelta(hours=3)).millis),
        lambda s: s.ended_at is not None and NOW + timedelta(hours=2) <= s.ended_at < NOW + timedelta(hours=3),
    ),
    "nobody": (SessionSearch(user_ids=()), lambda s: False),
    "several": (
        SessionSearch(state="ended", country="DE", strategy="password"),
        lambda s: s.status not in LIVE and s.device.country == "DE" and s.strategy == "password",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_finds_the_same_in_three_orders_over_pages_and_counts_them(
    store: Store, instance_id: InstanceId, name: str
) -> None:
    where, is_meant = FILTERS[name]
    where = replace(where, now=NOW + timedelta(hours=2))
    sessions = [session for session in await _crowd(store, instance_id) if is_meant(session)]
    assert await store.sessions.search_count(instance_id, where) == len(sessions)
    for order in _ORDERS:
        meant = [each for each in sessions if order != "ended" or each.ended_at is not None]
        assert await _pages(store, instance_id, where, order) == _expected(meant, order), order


async def test_sessions_of_a_user_a_browser_and_a_batch_are_found(store: Store, instance_id: InstanceId) -> None:
    sessions = await _crowd(store, instance_id)
    one = sessions[4]
    of_user = SessionSearch(user_ids=(one.user_id,), now=LATER)
    meant = [each for each in sessions if each.user_id == one.user_id]
    for order in _ORDERS:
        kept = [each for each in meant if order != "ended" or each.ended_at is not None]
        assert await _pages(store, instance_id, of_user, order) == _expected(kept, order)
    assert await store.sessions.search_count(instance_id, of_user) == 8
    of_client = SessionSearch(client_id=one.client_id, now=LATER)
    assert await _pages(store, instance_id, of_client, "created") == [one.id]


async def test_a_session_that_is_over_by_the_clock_is_not_listed_as_active(
    store: Store, instance_id: InstanceId
) -> None:  # R-SES-01
    _, _, session = await signed_in(store, instance_id)
    over = SessionSearch(state="active", now=session.abandon_at)
    assert await _pages(store, instance_id, over, "created") == []
    assert await store.sessions.search_count(instance_id, over) == 0
    assert await store.sessions.finish_timed_out(session.abandon_at, max_rows=10) == 1
    (found,) = await store.sessions.search(instance_id, SessionSearch(now=session.abandon_at), "ended", None, limit=5)
    ending = ended_by_the_clock(session, SessionStatus.ABANDONED)
    assert found.session.end_rule == ending.rule == "sessions.inactivity_seconds=86400"
    assert (found.session.end_cause, found.session.ended_at) == (ending.cause, ending.at)


async def test_many_live_sessions_are_in_order_of_use_to_within_five_minutes(
    store: Store, instance_id: InstanceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_search, "_FEW", -1)
    user, client, _ = await signed_in(store, instance_id)
    sessions = [a_session(user, client) for _ in range(3)]
    for session in sessions:
        await store.sessions.create(session)
    slightly, much = NOW + 4 * _MINUTE, NOW + 6 * _MINUTE
    await store.sessions.touch_many({sessions[0].id: slightly, sessions[1].id: much})
    where = SessionSearch(state="active", now=LATER)
    found = await store.sessions.search(instance_id, where, "last_active", None, limit=9)
    assert [each.position.at for each in found] == [much.millis, NOW.millis, NOW.millis, NOW.millis]
    assert found[0].session.id == sessions[1].id
    used = replace(where, active_after=slightly.millis)
    assert len(await store.sessions.search(instance_id, used, "created", None, limit=9)) == 2


async def test_rows_of_an_earlier_release_are_filled_in_by_the_worker(store: Store, instance_id: InstanceId) -> None:
    user, client, live = await signed_in(store, instance_id)
    ended = a_session(user, client, status=SessionStatus.REVOKED, updated_at=LATER)
    expired = a_session(user, client, status=SessionStatus.EXPIRED)
    for each in (ended, expired):
        await store.sessions.create(each)
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    async with database._engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE sessions SET seen_at = 0")
    assert await store.sessions.stamp(max_rows=2) == 2
    assert await store.sessions.stamp(max_rows=2) == 1
    assert await store.sessions.stamp(max_rows=2) == 0
    found = await store.sessions.search(instance_id, SessionSearch(now=LATER), "ended", None, limit=9)
    assert [(each.session.id, each.session.ended_at) for each in found] == [
        (expired.id, expired.expire_at), (ended.id, LATER),
    ]  # fmt: skip
    assert await store.sessions.find(instance_id, live.id) == live


async def _finished(store: Store, batch: Any, now: Instant, *, max_rows: int = 5) -> None:
    after: Position | None = None
    while True:
        async with store.transaction() as tx:
            after = await tx.session_batches.step(batch, now, after, max_rows=max_rows)
        if after is None:
            return


async def test_a_batch_ends_what_its_filter_finds_and_nothing_that_began_later(
    store: Store, instance_id: InstanceId
) -> None:
    sessions = await _crowd(store, instance_id)
    batch = replace(a_batch(instance_id, country="IS"), created_at=NOW + 20 * _MINUTE)
    await store.session_batches.create(batch)
    now = NOW + 25 * _MINUTE
    await _finished(store, batch, now, max_rows=1)
    meant = {
        s.id for s in sessions if s.status in LIVE and s.device.country == "IS" and s.created_at <= batch.created_at
    }
    assert len(meant) == 3
    for before in sessions:
        after = await store.sessions.find(instance_id, before.id)
        if before.id not in meant:
            assert after == before
            continue
        assert after is not None
        assert (after.status, after.end_cause, after.ended_at) == (SessionStatus.REVOKED, EndCause.REVOKED, now)
        assert (after.batch_id, after.ended_by) == (batch.id, "admin:user_1")
        client = await store.clients.find(instance_id, before.client_id)
        assert client is not None and client.signed_in_changed_at == now
    done = await store.session_batches.finish(batch, now)
    assert done is not None and done.done == 3 and await store.session_batches.finish(batch, now) is None
    assert await store.session_batches.running() == []
    of_batch = SessionSearch(batch_id=batch.id, now=now)
    assert {*await _pages(store, instance_id, of_batch, "ended")} == meant
    assert await store.sessions.search_count(instance_id, of_batch) == 3


async def test_two_nodes_that_continue_one_batch_end_and_count_each_session_once(
    nodes: list[Store], instance_id: InstanceId
) -> None:
    sessions = await _crowd(nodes[0], instance_id)
    batch = replace(a_batch(instance_id), created_at=NOW + timedelta(hours=1))
    await nodes[0].session_batches.create(batch)
    await asyncio.gather(*(_finished(node, batch, batch.created_at, max_rows=2) for node in nodes))
    known = await nodes[0].session_batches.find(instance_id, batch.id)
    assert known is not None and known.done == len([each for each in sessions if each.status in LIVE])
    assert (
        await nodes[1].session_batches.list(instance_id, limit=9) == await nodes[0].session_batches.running() == [known]
    )


@pytest.mark.parametrize("name", FILTERS)
async def test_every_list_is_met_along_an_index_of_its_own_kind(
    store: Store, instance_id: InstanceId, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Live sessions along indexes of the live ones, ended sessions along those of the ended ones, and never sorted whole."""
    monkeypatch.setattr(session_search, "_FEW", -1)
    monkeypatch.setattr(session_search, "_OF_ADDRESS", -1)
    explained = Explained(cast("EngineDatabase", store._database))  # type: ignore[attr-defined]
    searches = SessionSearches(cast("Any", explained))
    where = replace(FILTERS[name][0], now=NOW)
    for order in _ORDERS:
        for after in (None, Position(NOW.millis, "sess_1")):
            await searches.page(instance_id, where, order, after, 50)
    await searches.count(instance_id, where)
    for plan in explained.plans:
        assert "ix_sessions_created" not in plan and "ix_sessions_status" not in plan, plan
        if where.user_ids is None:
            assert "ix_sessions_live" in plan or "ix_sessions_ended" in plan, plan
