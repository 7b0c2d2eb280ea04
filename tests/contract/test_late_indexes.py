"""Indexes that a migration leaves for later: lists are answered before, while and after they are built, and alike."""

import asyncio
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import text

from sojourn.ids import InstanceId, new_id
from sojourn.store import index_building, migrating
from sojourn.store.interface import Page, Store, UserFilter
from sojourn.store.opening import open_store
from sojourn.store.sql.connections import EngineDatabase
from sojourn.store.sql.late_indexes import BY_ACTIVITY, INDEXES, SEARCH
from sojourn.testing.databases import PostgresServer

from .values import NOW, a_user

ASKED = [
    UserFilter(),
    UserFilter(query="ada1"),
    UserFilter(email_address_query="ADA2"),
    UserFilter(name_query="ä"),
    UserFilter(order_by="last_active_at", descending=False),
    UserFilter(order_by="updated_at"),
    UserFilter(banned=True),
]


def _database(store: Store) -> EngineDatabase:
    return cast("EngineDatabase", store._database)  # type: ignore[attr-defined]


@pytest.fixture
async def older_url(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> str:
    """A database as the files of the migrations leave it."""
    url = f"sqlite:///{tmp_path}/older.db"
    if not database_url.startswith("sqlite"):
        server: PostgresServer = request.getfixturevalue("postgres")
        url = await server.make_database(new_id("older_"))
    store = open_store(url)
    async with _database(store)._engine.begin() as connection:
        await connection.run_sync(migrating.run_files)
    await store.close()
    return url


async def _answers(store: Store, instance_id: InstanceId) -> list[list[str]]:
    return [[user.id for user in await store.users.list(instance_id, where, Page(50))] for where in ASKED]


async def _people(store: Store, instance_id: InstanceId) -> None:
    for number in range(12):
        active = NOW if number % 3 else None
        user = a_user(
            instance_id, f"ada{number}@example.com", first_name="Änne", last_active_at=active, banned=number == 5
        )
        await store.users.create(user)


async def test_a_list_is_the_same_before_while_and_after_its_indexes_are_built(
    older_url: str, instance_id: InstanceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_building, "_USERS_A_STEP", 5)
    store = open_store(older_url)
    await store.migrate()
    await _people(store, instance_id)
    built = _database(store).built
    assert not built.names & {SEARCH, *(each.name for each in INDEXES)}
    before = await _answers(store, instance_id)
    assert [len(each) for each in before] == [12, 3, 1, 12, 12, 12, 1]
    steps = 0
    while await store.build() is not None:
        steps += 1
        assert await _answers(store, instance_id) == before
    assert built.is_complete()
    assert steps > len(INDEXES)
    assert await _answers(store, instance_id) == before
    await store.close()


async def test_a_node_that_starts_again_goes_on_building(
    older_url: str, instance_id: InstanceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_building, "_USERS_A_STEP", 5)
    first = open_store(older_url)
    await first.migrate()
    await _people(first, instance_id)
    before = await _answers(first, instance_id)
    for _ in range(len(INDEXES) + 1):
        await first.build()
    await first.close()
    second = open_store(older_url)
    await second.migrate()
    assert _database(second).built.has(BY_ACTIVITY)
    while await second.build() is not None:
        pass
    assert _database(second).built.is_complete()
    assert await _answers(second, instance_id) == before
    await second.close()


async def test_nodes_that_build_at_once_do_each_other_no_harm(older_url: str, instance_id: InstanceId) -> None:
    nodes = [open_store(older_url) for _ in range(2)]
    for node in nodes:
        await node.migrate()
    await _people(nodes[0], instance_id)
    before = await _answers(nodes[0], instance_id)

    async def build(node: Store) -> None:
        while await node.build() is not None:
            pass

    await asyncio.gather(*(build(node) for node in nodes))
    for node in nodes:
        assert _database(node).built.is_complete()
        assert await _answers(node, instance_id) == before
    for node in nodes:
        await node.close()


async def test_an_index_that_a_stopped_node_left_half_built_is_built_anew(
    older_url: str, instance_id: InstanceId
) -> None:
    store = open_store(older_url)
    await store.migrate()
    await _people(store, instance_id)
    database = _database(store)
    if database.dialect.name == "postgresql":
        await database.change(text(f"CREATE INDEX {BY_ACTIVITY} ON users (instance_id)"))
        await database.change(
            text(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{BY_ACTIVITY}'::regclass")
        )
    while await store.build() is not None:
        pass
    assert database.built.has(BY_ACTIVITY)
    if database.dialect.name == "postgresql":
        made = await database.rows(text(f"SELECT indexdef FROM pg_indexes WHERE indexname = '{BY_ACTIVITY}'"))
        assert "last_active_at" in str(made[0][0])
    await store.close()


async def test_a_search_follows_every_change_of_a_person(store: Store, instance_id: InstanceId) -> None:
    """Also one that a node of the release before makes: it knows nothing of the search."""
    user = a_user(
        instance_id, "ada@example.com", "+15005550006", first_name="Ada", username="ada_l", username_key="ada_l"
    )
    await store.users.create(user)
    database = _database(store)

    async def found(query: str) -> bool:
        return await store.users.count(instance_id, UserFilter(query=query)) == 1

    assert await found("example.com") and await found("5550006") and await found("ada_l")
    await database.change(text("UPDATE users SET first_name = 'Grace', username = NULL"))
    assert await found("grace") and not await found("ada_l")
    await database.change(text("UPDATE identifiers SET value = 'grace@example.org' WHERE kind = 'email_address'"))
    assert await found("grace@example.org") and not await found("example.com")
    await store.users.remove_identifier(instance_id, user.identifiers[1].id)
    assert not await found("5550006")
    await store.users.delete(instance_id, user.id)
    assert not await found("grace")
    if database.dialect.name == "sqlite":
        assert await database.rows(text("SELECT count(*) FROM user_texts")) == [(0,)]
        await database.change(text("INSERT INTO user_search(user_search) VALUES ('integrity-check')"))


async def test_a_search_for_one_or_two_characters_finds_the_beginnings_of_words(
    store: Store, instance_id: InstanceId
) -> None:
    people = {
        "Li Ming": a_user(instance_id, "ming@example.com", first_name="Li", last_name="Ming"),
        "李明": a_user(instance_id, "li@example.com", first_name="明", last_name="李"),
        "Ada Milić": a_user(instance_id, "ada@example.com", first_name="Ada", last_name="Milić"),
    }
    for user in people.values():
        await store.users.create(user)
    names = {user.id: name for name, user in people.items()}
    expected = {
        "李": {"李明"},
        "li": {"Li Ming", "李明"},
        "mi": set(people) - {"李明"},
        "lić": {"Ada Milić"},
        "da": set[str](),
    }
    for query, found in expected.items():
        listed = await store.users.list(instance_id, UserFilter(query=query), Page())
        assert {names[user.id] for user in listed} == found, query
