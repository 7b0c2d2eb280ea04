"""A statement on rows of instances that does not name the instance never reaches the database (R-AUZ-02)."""

from typing import Any, cast

import pytest
from sqlalchemy import ClauseElement, bindparam, case, delete, exists, insert, or_, select, tuple_, union_all, update
from sqlalchemy.dialects import sqlite

from sojourn.ids import InstanceId
from sojourn.store.interface import Store
from sojourn.store.sql.connections import EngineDatabase
from sojourn.store.sql.database import Prepared
from sojourn.store.sql.instance_wall import InstanceNotNamed, check, spanning, within
from sojourn.store.sql.rows.sessions import sessions
from sojourn.store.sql.rows.shared_counts import shared_counts
from sojourn.store.sql.rows.users import identifiers, users

from .values import a_user

_OURS = users.c.instance_id == "ins_1"
_OWNED = identifiers.c.user_id == users.c.id
_BOTH = identifiers.c.instance_id == users.c.instance_id
_OTHERS = users.alias("others")

_REFUSED: dict[str, ClauseElement] = {
    "no condition": select(users.c.id),
    "another column": select(users.c.id).where(users.c.id == "user_1"),
    "an OR": select(users.c.id).where(or_(_OURS, users.c.id == "user_1")),
    "a negation": select(users.c.id).where(~_OURS),
    "an inequality": select(users.c.id).where(users.c.instance_id != "ins_1"),
    "a list": select(users.c.id).where(users.c.instance_id.in_(["ins_1", "ins_2"])),
    "NULL": select(users.c.id).where(users.c.instance_id.is_(None)),
    "itself": select(users.c.id).where(users.c.instance_id == users.c.instance_id),
    "another column of its own": select(users.c.id).where(users.c.instance_id == users.c.external_id),
    "a CASE": select(users.c.id).where(case((users.c.banned, _OURS), else_=users.c.locked_at.is_(None))),
    "a join by key alone": select(users.c.id).join(identifiers, _OWNED).where(_OURS),
    "a join of two unnamed": select(users.c.id).join(identifiers, _OWNED & _BOTH),
    "a second table": select(users.c.id, sessions.c.id).where(_OURS),
    "an alias": select(_OTHERS.c.id).where(_OURS),
    "the outer side of an outer join": select(users.c.id).outerjoin(
        identifiers, _OWNED & (users.c.instance_id == "ins_1") & _BOTH
    ),
    "a full join": select(users.c.id).join(identifiers, _OWNED & _BOTH, full=True).where(identifiers.c.kind == "x"),
    "a subquery": select(users.c.id).where(_OURS, users.c.id.in_(select(identifiers.c.user_id))),
    "an EXISTS": select(users.c.id).where(_OURS, exists().where(_OWNED)),
    "a scalar subquery": select(select(identifiers.c.id).limit(1).scalar_subquery(), users.c.id).where(_OURS),
    "a table in FROM": select(select(users.c.id).subquery().c.id),
    "a CTE": select(select(users.c.id).cte("all_of_them").c.id),
    "one side of a UNION": union_all(select(users.c.id).where(_OURS), select(users.c.id)),
    "a subquery in FROM that only looks correlated": select(users.c.id).where(
        _OURS, users.c.id.in_(select(select(users.c.id).subquery().c.id))
    ),
    "an update": update(users).where(users.c.id == "user_1").values(banned=True),
    "a deletion": delete(users).where(users.c.id.in_(select(users.c.id).where(_OURS))),
    "an update by an unbound subquery": update(users)
    .where(_OURS)
    .values(username=select(identifiers.c.value).limit(1).scalar_subquery()),
    "an insert from a select": insert(users).from_select(["id"], select(users.c.id)),
    "an upsert": sqlite.insert(users).values(id="user_1").on_conflict_do_update(["id"], set_={"banned": True}),
    "pairs": delete(shared_counts).where(tuple_(*shared_counts.primary_key).in_([("ins_1", "a", "b")])),
}

_ALLOWED: dict[str, ClauseElement] = {
    "a value": select(users.c.id).where(_OURS),
    "a parameter": select(users.c.id).where(users.c.instance_id == bindparam("instance_id"), users.c.banned),
    "the other way round": select(users.c.id).where(bindparam("i", "ins_1") == users.c.instance_id),
    "checked only": select(users.c.id).where(users.c.id == "user_1", within(users, "ins_1")),
    "a join": select(users.c.id).join(identifiers, _OWNED & _BOTH).where(_OURS),
    "a join that is only checked": select(users.c.id)
    .outerjoin(identifiers, _OWNED & within(identifiers, users.c.instance_id))
    .where(_OURS),
    "a join named by its end": select(users.c.id)
    .join(identifiers, _OWNED & _BOTH)
    .where(identifiers.c.instance_id == "i"),
    "an EXISTS that refers to its table": select(users.c.id).where(_OURS, exists().where(_OWNED, _BOTH)),
    "an alias": select(_OTHERS.c.id).where(_OTHERS.c.instance_id == "ins_1"),
    "both sides of a UNION": union_all(*[select(users.c.id).where(_OURS)] * 2),
    "an insert": insert(users).values(id="user_1"),
    "one that is declared": spanning("peppers in use", select(users.c.id)),
    "a subquery of one that is declared": spanning("rows that are over", delete(users)).where(
        users.c.id.in_(select(users.c.id))
    ),
}


@pytest.mark.parametrize("name", _REFUSED)
def test_a_statement_that_does_not_name_the_instance_of_each_table_is_refused(name: str) -> None:
    with pytest.raises(InstanceNotNamed):
        check(_REFUSED[name])


@pytest.mark.parametrize("name", _ALLOWED)
def test_a_statement_that_names_it_or_is_declared_is_let_through(name: str) -> None:
    check(_ALLOWED[name])


def test_only_the_listed_statements_can_be_declared() -> None:
    with pytest.raises(KeyError):
        spanning("whatever I like", select(users.c.id))


async def test_it_is_refused_before_it_reaches_the_database(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    await store.users.create(user)
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    everybody = select(users.c.id)
    banning = update(users).values(banned=True)
    calls: list[Any] = [
        lambda: database.rows(everybody),
        lambda: database.listed(everybody),
        lambda: database.change(banning),
        lambda: database.change(update(users), {"banned": True}),
        lambda: database.returning(banning.returning(users.c.id)),
        lambda: database.change(delete(users)),
    ]
    for call in calls:
        with pytest.raises(InstanceNotNamed):
            await call()
    async with store.transaction() as tx:
        with pytest.raises(InstanceNotNamed):
            await cast("Any", tx.users)._run.change(banning)
    with pytest.raises(InstanceNotNamed):  # the hot statements, and the writes of a sign-in
        Prepared.of(everybody, database.dialect)
    assert await store.users.find(instance_id, user.id) == user


async def test_a_declared_statement_does_not_let_its_undeclared_twin_through(store: Store) -> None:
    database = cast("EngineDatabase", store._database)  # type: ignore[attr-defined]
    assert await database.rows(spanning("peppers in use", select(users.c.id))) == []
    with pytest.raises(InstanceNotNamed):
        await database.rows(select(users.c.id))
