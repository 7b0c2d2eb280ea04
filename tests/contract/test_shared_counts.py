"""What the nodes on one PostgreSQL count together: limits per address, in short windows (R-LIM-02)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from sojourn.errors import Overloaded, TooManyRequests
from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.settings import Settings
from sojourn.instant import Instant
from sojourn.limits.rate_limit import LIMITS, OF_BUDGETS, OF_ONE_PROCESS, RateLimiter
from sojourn.store.interface import SharedCountStore
from sojourn.store.opening import open_store
from sojourn.store.sql.store import SqlStore
from sojourn.testing.clock import FakeClock
from sojourn.testing.databases import PostgresServer

from .values import NOW, race_each

MINUTE = timedelta(minutes=1)
INSTANCE = new_instance_id()
NAME, KEY = "attempts", "somebody"


@pytest.fixture
async def nodes(postgres: PostgresServer) -> AsyncIterator[list[SqlStore]]:
    await postgres.empty("postgres")
    opened = [open_store(postgres.url("postgres")) for _ in range(2)]
    for each in opened:
        await each.migrate()
    yield [each for each in opened if isinstance(each, SqlStore)]
    for each in opened:
        await each.close()


def counts(store: SqlStore) -> SharedCountStore:
    assert store.shared_counts is not None
    return store.shared_counts


async def hit(store: SqlStore, *, after: timedelta = timedelta(0), key: str = KEY) -> bool:
    return await counts(store).hit(INSTANCE, NAME, key, NOW + after, limit=3, window=MINUTE) is None


async def test_a_window_slides_over_all_nodes_and_a_refused_hit_does_not_count(
    nodes: list[SqlStore],
) -> None:  # R-LIM-02
    for seconds in (0, 10, 20):
        assert await hit(nodes[seconds // 10 % 2], after=timedelta(seconds=seconds))
    for node in nodes:
        assert (
            await counts(node).hit(INSTANCE, NAME, KEY, NOW + timedelta(seconds=59), limit=3, window=MINUTE)
            == NOW + MINUTE
        )
    assert await hit(nodes[1], after=MINUTE)
    assert not await hit(nodes[0], after=timedelta(seconds=69))
    assert await hit(nodes[0], after=timedelta(seconds=69), key="somebody else")
    assert (
        await counts(nodes[0]).hit(new_instance_id(), NAME, KEY, NOW + MINUTE, limit=3, window=MINUTE) is None
    )  # R-AUZ-02


async def test_racers_on_two_nodes_pass_exactly_as_often_as_the_limit_says(
    nodes: list[SqlStore],
) -> None:  # R-LIM-02, R-LIM-06
    passed = await race_each(nodes, lambda node, key: hit(node, key=key), ["203.0.113.1"] * 60)  # pyright: ignore[reportArgumentType]
    assert passed.count(True) == 3


async def test_the_hits_of_a_clock_that_was_wrong_lock_nobody_out(nodes: list[SqlStore]) -> None:  # R-REL-04
    for _ in range(3):
        assert await hit(nodes[0], after=timedelta(days=1))
    assert await hit(nodes[1])
    assert [await hit(nodes[1]) for _ in range(3)] == [True, True, False]


async def test_keys_are_forgotten_once_their_window_is_over(nodes: list[SqlStore]) -> None:  # R-LIM-02
    await hit(nodes[0])
    await hit(nodes[0], after=timedelta(seconds=30), key="somebody else")
    assert await counts(nodes[1]).purge((NOW + MINUTE).before(timedelta(milliseconds=1)), max_rows=10) == 0
    assert await counts(nodes[1]).purge(NOW + MINUTE, max_rows=10) == 1
    assert await counts(nodes[1]).purge(NOW + MINUTE * 2, max_rows=10) == 1


async def test_no_count_waits_for_the_disk(nodes: list[SqlStore]) -> None:
    persistence = text("SELECT relpersistence::text FROM pg_class WHERE relname = 'shared_counts'")
    assert await nodes[0]._database.rows(persistence) == [("u",)]  # pyright: ignore[reportPrivateUsage]


async def test_sqlite_has_one_process_which_counts_by_itself(tmp_path: Path) -> None:
    assert open_store(f"sqlite:///{tmp_path}/sojourn.db").shared_counts is None


APPLICATION = Instance(INSTANCE, Environment.DEVELOPMENT, "pk_test_x", "http://localhost:8000", Settings(), NOW, NOW)


class Away:
    """The common count of a database that can be out of reach."""

    def __init__(self, inner: SharedCountStore) -> None:
        self._inner = inner
        self.is_away = self.was_asked = False

    @staticmethod
    def of(limiter: RateLimiter) -> "Away":
        assert isinstance(limiter.shared, Away)
        return limiter.shared

    async def hit(
        self, instance_id: InstanceId, name: str, key: str, now: Instant, *, limit: int, window: timedelta
    ) -> Instant | None:
        self.was_asked = True
        if self.is_away:
            raise Overloaded()
        return await self._inner.hit(instance_id, name, key, now, limit=limit, window=window)

    async def purge(self, before: Instant, *, max_rows: int) -> int:
        return await self._inner.purge(before, max_rows=max_rows)


async def refused(limiter: RateLimiter, name: str, key: str) -> timedelta | None:
    try:
        await limiter.hit(name, key, APPLICATION)
    except TooManyRequests as error:
        return error.retry_after
    return None


async def passing(limiters: list[RateLimiter], name: str, times: int) -> int:
    return sum([await refused(limiters[n % len(limiters)], name, KEY) is None for n in range(times)])


@pytest.mark.parametrize("name", sorted(LIMITS.keys() - OF_ONE_PROCESS - OF_BUDGETS))
async def test_a_limit_of_one_address_holds_over_two_nodes(nodes: list[SqlStore], name: str) -> None:  # R-LIM-02
    clock = FakeClock()
    limiters = [RateLimiter(clock, counts(node)) for node in nodes]
    most, seconds = LIMITS[name]
    assert await passing(limiters, name, 3 * most) == most
    clock.advance(seconds=seconds)
    assert await passing(limiters, name, 3 * most) == most


async def test_while_the_common_count_is_away_a_process_allows_half(nodes: list[SqlStore]) -> None:  # R-LIM-02
    clock = FakeClock()
    one, other = (RateLimiter(clock, Away(counts(node))) for node in nodes)
    assert await passing([one], "create_sign_in", 1) == 1
    for each in (one, other):
        Away.of(each).is_away = True
    assert await passing([one], "create_sign_in", 9) == 1  # what it counted before counts
    assert await passing([other], "create_sign_in", 9) == 2
    assert await passing([other], "attempts", 9) == 1
    for each in (one, other):
        Away.of(each).is_away = False
    assert await passing([one, other], "create_sign_in", 18) == 4  # one of the five was counted by both
    clock.advance(seconds=10)
    assert await passing([one, other], "create_sign_in", 18) == 5


async def test_limits_against_floods_never_ask_the_database(nodes: list[SqlStore]) -> None:
    away = Away(counts(nodes[0]))
    away.is_away = True
    limiter = RateLimiter(FakeClock(), away)
    for name in OF_ONE_PROCESS:
        assert await passing([limiter], name, LIMITS[name][0] + 1) == LIMITS[name][0]
    assert not away.was_asked


async def test_who_is_refused_is_refused_without_asking_again(nodes: list[SqlStore]) -> None:  # R-LIM-02
    clock = FakeClock()
    one, other = (RateLimiter(clock, Away(counts(node))) for node in nodes)
    assert await passing([one], "attempts", 3) == 3
    clock.advance(seconds=4)
    assert await refused(other, "attempts", KEY) == timedelta(seconds=6)
    Away.of(other).was_asked = False
    assert await refused(other, "attempts", KEY) == timedelta(seconds=6)
    assert not Away.of(other).was_asked
    clock.advance(seconds=6)
    assert await refused(other, "attempts", KEY) is None
    assert Away.of(other).was_asked
