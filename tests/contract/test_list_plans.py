"""Every documented filter and order of a user list is answered from an index, as the databases themselves explain."""

import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any, cast, get_args

import pytest
from sqlalchemy import Executable, text
from sqlalchemy.sql import ClauseElement

from sojourn.errors import TooManyToSort
from sojourn.ids import InstanceId, UserId
from sojourn.ids import instance_id as new_instance_id
from sojourn.sessions.session import SessionStatus
from sojourn.store.interface import (
    EventFilter,
    Page,
    RecordKind,
    SessionFilter,
    Store,
    UserFilter,
    UserOrder,
    UserPlace,
)
from sojourn.store.sql import session_lists, user_lists
from sojourn.store.sql.clients import SqlClients
from sojourn.store.sql.connections import EngineDatabase
from sojourn.store.sql.database import Row
from sojourn.store.sql.events import SqlEvents
from sojourn.store.sql.late_indexes import DUE, EVENTS_BY_TIME, OF_ADMINISTRATOR, OF_KIND, OF_TARGET, Built
from sojourn.store.sql.records import SqlRecords
from sojourn.store.sql.session_lists import SessionLists
from sojourn.store.sql.sessions import _TOUCH, SqlSessions
from sojourn.store.sql.user_lists import UserLists
from sojourn.store.sql.users import SqlUsers

from .values import NOW, a_client, a_session, a_user

FILTERS = [
    UserFilter(email_addresses=["ada@example.com", "bob@example.com"]),
    UserFilter(phone_numbers=["+15005550006"]),
    UserFilter(usernames=["ada_l"]),
    UserFilter(external_ids=["crm-1"]),
    UserFilter(user_ids=["user_1", "user_2"]),
    UserFilter(query="lovelace"),
    UserFilter(query="ärger"),
    UserFilter(query="a"),
    UserFilter(email_address_query="example"),
    UserFilter(email_address_query="bücher", email_address_query_as_stored="xn--bcher-kva"),
    UserFilter(phone_number_query="555"),
    UserFilter(query="(555) 0006", query_as_phone="5550006"),
    UserFilter(username_query="ada"),
    UserFilter(name_query="ada love"),
    UserFilter(banned=True),
    UserFilter(banned=False),
    UserFilter(locked=True, now=NOW),
    UserFilter(last_active_at_before=NOW),
    UserFilter(last_active_at_after=NOW),
    UserFilter(last_sign_in_at_before=NOW),
    UserFilter(last_sign_in_at_after=NOW),
    UserFilter(created_at_before=NOW),
    UserFilter(deleting=True),
    UserFilter(deleting=None),
    UserFilter(after=UserPlace(NOW, UserId("user_1"))),
    UserFilter(created_at_after=NOW),
]
ORDERS: Sequence[UserOrder] = ("created_at", "updated_at", "last_sign_in_at", "last_active_at", "web3wallet")


def _named(where: object) -> str | None:
    """The fields of a filter that are set, as the name of its test."""
    if not isinstance(where, UserFilter):
        return None
    plain = UserFilter()
    given = {field.name: getattr(where, field.name) for field in fields(where)}
    return ",".join(f"{name}={value}" for name, value in given.items() if value != getattr(plain, name))


class Explained:
    """Runs what it is asked to run, and keeps how the database goes about it."""

    def __init__(self, database: EngineDatabase) -> None:
        self._database = database
        self.dialect = database.dialect
        self.is_transaction = False
        self.plans: list[str] = []

    async def rows(self, statement: Executable) -> Sequence[Row]:
        await self._explain(statement)
        return await self._database.rows(statement)

    listed = rows

    async def _explain(self, statement: Executable) -> None:
        assert isinstance(statement, ClauseElement)
        spelled = statement.compile(
            dialect=self.dialect, compile_kwargs={"render_postcompile": True, "literal_binds": True}
        )
        is_sqlite = self.dialect.name == "sqlite"
        async with self._database._engine.connect() as connection:
            if not is_sqlite:
                # a table of a few rows is read whole and sorted whatever indexes it has; the question is whether it must be
                await connection.execute(text("SET LOCAL enable_seqscan = off"))
                await connection.execute(text("SET LOCAL enable_sort = off"))
            word = "EXPLAIN QUERY PLAN" if is_sqlite else "EXPLAIN"
            rows = (await connection.exec_driver_sql(f"{word} {spelled}")).all()
        self.plans.append("\n".join(str(row[-1]) for row in rows))


def _is_indexed(plan: str) -> bool:
    """No table is read from end to end, and an index that gives the order is not sorted again."""
    return re.search(r"Seq Scan on|SCAN (users|identifiers|user_texts|records|events|clients)\b", plan) is None


def _is_sorted_whole(plan: str) -> bool:
    return "USE TEMP B-TREE FOR ORDER BY" in plan or re.search(r"^\W*Sort  \(", plan, re.MULTILINE) is not None


@pytest.fixture
async def explained(store: Store, instance_id: InstanceId) -> AsyncIterator[Explained]:
    for number in range(3):
        await store.users.create(a_user(instance_id, f"ada{number}@example.com", first_name="Ada"))
    yield Explained(cast("EngineDatabase", store._database))  # type: ignore[attr-defined]


def _lists(explained: Explained) -> UserLists:
    return UserLists(cast("Any", explained), explained._database.built)


@pytest.mark.parametrize("where", FILTERS, ids=_named)
async def test_every_filter_is_answered_from_an_index(
    explained: Explained, instance_id: InstanceId, where: UserFilter
) -> None:
    for order in ORDERS:
        for descending in (True, False):
            await _lists(explained).ids(instance_id, replace(where, order_by=order, descending=descending), Page())
    await _lists(explained).count(instance_id, where)
    assert [plan for plan in explained.plans if not _is_indexed(plan)] == []


@pytest.mark.parametrize("where", [UserFilter(), *FILTERS], ids=_named)
async def test_what_many_users_have_is_met_along_the_index_of_the_order(
    explained: Explained, instance_id: InstanceId, where: UserFilter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(user_lists, "_SORTED", -1)
    for order in ORDERS:
        for descending in (True, False):
            await _lists(explained).ids(instance_id, replace(where, order_by=order, descending=descending), Page())
    assert [plan for plan in explained.plans if not _is_indexed(plan)] == []
    names_users = (
        where.email_addresses or where.phone_numbers or where.usernames or where.external_ids or where.user_ids
    )
    if not names_users:
        assert [plan for plan in explained.plans if _is_sorted_whole(plan)] == []


async def test_another_order_is_refused_where_too_many_would_be_sorted(
    store: Store, instance_id: InstanceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        await store.users.create(a_user(instance_id, f"ada{number}@example.com", banned=number == 0))
    await store.users.create(a_user(new_instance_id()))
    monkeypatch.setattr(user_lists, "_SORTABLE", 3)
    with pytest.raises(TooManyToSort, match="created_at"):
        await store.users.list(instance_id, UserFilter(order_by="first_name"), Page())
    for where in (UserFilter(banned=True), UserFilter(query="ada2"), UserFilter(email_addresses=["ada3@example.com"])):
        assert len(await store.users.list(instance_id, replace(where, order_by="first_name"), Page())) == 1
    monkeypatch.setattr(user_lists, "_SORTABLE", 4)
    assert len(await store.users.list(instance_id, UserFilter(order_by="first_name"), Page())) == 4


async def test_writing_down_uses_of_sessions_finds_each_by_its_key(store: Store) -> None:  # R-SES-02
    """Read from end to end, a million sessions would cost a second for each use; the plan must not hang on how many are live."""
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    touching = str(_TOUCH[database.dialect.name].text).replace(":uses", "'{\"sess_1\": 1}'")
    async with database._engine.connect() as connection:
        if database.dialect.name == "sqlite":
            rows = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {touching}")).all()
            assert "SEARCH sessions USING INDEX sqlite_autoindex_sessions_1 (id=?)" in [row[-1] for row in rows]
        else:
            await connection.execute(text("SET LOCAL enable_seqscan = off"))
            rows = (await connection.exec_driver_sql(f"EXPLAIN {touching}")).all()
            assert "Seq Scan" not in "\n".join(str(row[-1]) for row in rows)


async def test_sessions_that_may_be_over_are_found_by_an_index(explained: Explained) -> None:  # R-SES-01
    """Each minute, however many are live."""
    sessions = SqlSessions(cast("Any", explained), cast("Any", None), explained._database.built)
    assert await sessions.finish_timed_out(NOW, max_rows=1000) == 0
    (plan,) = explained.plans
    assert DUE in plan and not _is_sorted_whole(plan)


@pytest.mark.parametrize("few", [True, False])
async def test_every_filter_of_sessions_is_answered_from_an_index(
    explained: Explained, instance_id: InstanceId, few: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session_lists, "_SORTED", 2_000 if few else -1)
    lists = SessionLists(cast("Any", explained))
    for status in (None, *SessionStatus):
        for owner in ({}, {"user_id": "user_1"}, {"client_id": "client_1"}):
            where = SessionFilter(status=status, now=NOW, **owner)
            await lists.rows(instance_id, where, Page())
            if not few:
                assert owner or not _is_sorted_whole(explained.plans[-1])
            await lists.count(instance_id, where)
    assert [plan for plan in explained.plans if not _is_indexed(plan)] == []


async def test_a_status_is_the_clocks_however_many_sessions_have_it(
    store: Store, instance_id: InstanceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    hour = timedelta(hours=1)
    user, client = a_user(instance_id), a_client(instance_id)
    await store.users.create(user)
    await store.clients.create(client)
    expected = {
        SessionStatus.ACTIVE: a_session(user, client, created_at=NOW),
        SessionStatus.EXPIRED: a_session(user, client, created_at=NOW, expire_at=NOW),
        SessionStatus.ABANDONED: a_session(user, client, last_active_at=NOW, inactivity=hour, expire_at=NOW + 9 * hour),
        SessionStatus.REVOKED: a_session(user, client, status=SessionStatus.REVOKED),
    }
    for session in expected.values():
        await store.sessions.create(session)
    for most in (2_000, -1):
        monkeypatch.setattr(session_lists, "_SORTED", most)
        for status in SessionStatus:
            where = SessionFilter(status=status, now=NOW + hour)
            found = [each.id for each in await store.sessions.list(instance_id, where, Page())]
            assert found == ([expected[status].id] if status in expected else []), status
            assert await store.sessions.count(instance_id, where) == len(found)


async def test_the_users_of_a_page_are_read_by_their_ids(explained: Explained, instance_id: InstanceId) -> None:
    users = SqlUsers(cast("Any", explained), cast("Any", None), cast("Any", None), Built())
    await users.find_many(instance_id, [UserId(f"user_{number}") for number in range(10)])
    is_sqlite = explained.dialect.name == "sqlite"
    assert ("sqlite_autoindex_users_1 (id=?)" if is_sqlite else "users_pkey") in explained.plans[0]


async def test_what_an_owner_lists_is_met_along_an_index(explained: Explained, instance_id: InstanceId) -> None:
    records = SqlRecords(cast("Any", explained))
    for kind in get_args(RecordKind):
        await records.list(instance_id, kind, Page(offset=20))
        await records.count(instance_id, kind)
    assert all("ix_records_created" in plan for plan in explained.plans[::2])
    assert [plan for plan in explained.plans if not _is_indexed(plan) or _is_sorted_whole(plan)] == []


EVENT_FILTERS = {
    "all": EventFilter(),
    "of a user": EventFilter(user_id=UserId("user_1")),
    "of a session": EventFilter(target="sess_1"),
    "of a time": EventFilter(since=NOW),
    "of a time and kinds": EventFilter(since=NOW, kinds=["session.", "user.locked"]),
    "of a kind": EventFilter(kinds=["settings.updated"]),
    "of kinds": EventFilter(kinds=["session.", "user.locked"]),
    "of a user and kinds": EventFilter(user_id=UserId("user_1"), kinds=["session.", "user.locked"]),
    "of an administrator": EventFilter(actor="admin:user_1"),
    "of an administrator and kinds": EventFilter(actor="admin:user_1", kinds=["settings.updated"]),
    "of a session and kinds": EventFilter(target="sess_1", kinds=["session."]),
}


@pytest.mark.parametrize("where", EVENT_FILTERS.values(), ids=EVENT_FILTERS)
async def test_the_audit_log_is_met_along_an_index(
    explained: Explained, instance_id: InstanceId, where: EventFilter
) -> None:
    events = SqlEvents(cast("Any", explained), explained._database.built)
    await events.list(instance_id, Page(), where)
    (plan,) = explained.plans
    assert _is_indexed(plan) and not _is_sorted_whole(plan)
    of_kind = where.kinds and where.user_id is None and where.target is None and where.actor is None
    used = {
        "ix_events_user": where.user_id is not None,
        OF_TARGET: where.target is not None,
        OF_KIND: bool(of_kind),
        EVENTS_BY_TIME: where.since is not None,
        OF_ADMINISTRATOR: where.actor is not None,
    }
    assert {index: index in plan for index in used} == used


async def test_browsers_are_met_along_the_index_of_their_beginning(
    explained: Explained, instance_id: InstanceId
) -> None:
    clients = SqlClients(cast("Any", explained), cast("Any", None), cast("Any", None))
    await clients.list(instance_id, Page(offset=20))
    await clients.count(instance_id)
    listed, counted = explained.plans
    assert "ix_clients_created" in listed and not _is_sorted_whole(listed) and "ix_clients_created" in counted
