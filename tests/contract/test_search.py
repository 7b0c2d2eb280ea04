"""Every filter and order of a user list, on every store alike."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from sojourn.errors import FieldFormat
from sojourn.ids import InstanceId
from sojourn.ids import instance_id as new_instance_id
from sojourn.instant import Instant
from sojourn.store.interface import Page, Store, UserFilter, UserOrder, UserPlace
from sojourn.users.user import User

from .values import NOW, a_user

DAY = timedelta(days=1)
FAR = Instant(10**30)


def _people(instance_id: InstanceId) -> dict[str, User]:
    return {
        "ada": a_user(
            instance_id, "ada@example.com", "+4915112345678", first_name="Ada", last_name="Lovelace", username="Ada_L",
            username_key="ada_l", external_id="crm-1", last_active_at=NOW, last_sign_in_at=NOW, created_at=NOW,
        ),
        "bob": a_user(
            instance_id, "bob@example.org", "100%@example.com", first_name="Bob", last_name="Ärger", username="adaXl",
            username_key="adaxl", external_id="crm-2", banned=True, last_active_at=NOW + DAY, created_at=NOW + DAY,
        ),
        "eve": a_user(
            instance_id, first_name="Eve", locked_at=NOW, locked_until=NOW + DAY, created_at=NOW + DAY + DAY,
            updated_at=NOW + DAY, last_sign_in_at=NOW + DAY,
        ),
        "max": a_user(instance_id, locked_at=NOW, created_at=NOW + DAY + DAY + DAY),
    }  # fmt: skip


@pytest.fixture
async def people(store: Store, instance_id: InstanceId) -> AsyncIterator[dict[str, User]]:
    made = _people(instance_id)
    for user in (*made.values(), *_people(new_instance_id()).values()):
        await store.users.create(user)
    yield made


async def _names(store: Store, people: dict[str, User], where: UserFilter, page: Page = Page()) -> list[str]:
    instance_id = people["ada"].instance_id
    found = await store.users.list(instance_id, where, page)
    names = {user.id: name for name, user in people.items()}
    assert found == [people[names[user.id]] for user in found]
    if page == Page():
        assert await store.users.count(instance_id, where) == len(found)
    return [names[user.id] for user in found]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (UserFilter(), "ada bob eve max"),
        (UserFilter(email_addresses=["ADA@example.com", "nobody@example.com"]), "ada"),
        (UserFilter(email_addresses=["100%@example.com"]), "bob"),
        (UserFilter(phone_numbers=["+4915112345678"]), "ada"),
        (UserFilter(usernames=["ADA_L", "adaxl"]), "ada bob"),
        (UserFilter(external_ids=["crm-1", "crm-2"]), "ada bob"),
        (UserFilter(external_ids=["-crm-1"]), "bob eve max"),
        (UserFilter(external_ids=["+crm-1", "-crm-2"]), "ada"),
        (UserFilter(query="LOVE"), "ada"),
        (UserFilter(query="ada love"), "ada"),
        (UserFilter(query="crm-2"), "bob"),
        (UserFilter(query="example.org"), "bob"),
        (UserFilter(query="ärger"), "bob"),
        (UserFilter(query="ÄRGER"), "bob"),
        (UserFilter(name_query="eve"), "eve"),
        (UserFilter(username_query="a_l"), "ada"),
        (UserFilter(username_query="%"), ""),
        (UserFilter(email_address_query="0%@"), "bob"),
        (UserFilter(email_address_query="\\"), ""),
        (UserFilter(phone_number_query="1511234"), "ada"),
        (UserFilter(banned=True), "bob"),
        (UserFilter(banned=False), "ada eve max"),
        (UserFilter(locked=True, now=NOW), "eve max"),
        (UserFilter(locked=True, now=NOW + DAY), "max"),
        (UserFilter(locked=False, now=NOW + DAY), "ada bob eve"),
        (UserFilter(last_active_at_after=NOW + DAY), "bob"),
        (UserFilter(last_active_at_before=NOW + DAY), "ada"),
        (UserFilter(last_sign_in_at_after=NOW + DAY), "eve"),
        (UserFilter(last_sign_in_at_before=NOW + DAY), "ada"),
        (UserFilter(created_at_after=NOW + DAY), "bob eve max"),
        (UserFilter(created_at_before=NOW + DAY), "ada"),
        (UserFilter(created_at_before=FAR, created_at_after=Instant(-FAR.millis)), "ada bob eve max"),
        (UserFilter(query="ada", banned=True), "bob"),
        (UserFilter(query="ada", email_addresses=["bob@example.org"]), "bob"),
    ],
)
async def test_filters_find_whom_they_name(
    store: Store, people: dict[str, User], where: UserFilter, expected: str
) -> None:
    assert sorted(await _names(store, people, where)) == expected.split()


async def test_ids_include_and_exclude(store: Store, people: dict[str, User]) -> None:
    ada, bob = people["ada"].id, people["bob"].id
    assert await _names(store, people, UserFilter(user_ids=[ada])) == ["ada"]
    assert sorted(await _names(store, people, UserFilter(user_ids=[f"-{ada}", f"-{bob}"]))) == ["eve", "max"]
    assert await _names(store, people, UserFilter(query=ada)) == ["ada"]


@pytest.mark.parametrize("text", ["'; DROP TABLE users; --", "a\x00b", "\ud800", "%_%", "\\%", "a" * 10_000])
async def test_no_text_breaks_a_search(store: Store, people: dict[str, User], text: str) -> None:  # R-INP-07
    some = UserFilter(query=text, email_address_query=text, username_query=text, name_query=text)
    listed = UserFilter(user_ids=[text], external_ids=[text], usernames=[text], email_addresses=[text])
    for where in (some, listed):
        assert await _names(store, people, where) == []
    assert await store.users.find_by_username(people["ada"].instance_id, text) is None
    assert len(await _names(store, people, UserFilter())) == 4


@pytest.mark.parametrize("order", get_args(UserOrder))
async def test_every_order_is_total_and_reversible(store: Store, people: dict[str, User], order: UserOrder) -> None:
    for descending in (True, False):
        where = UserFilter(order_by=order, descending=descending)
        whole = await _names(store, people, where)
        pages = [await _names(store, people, where, Page(1, offset)) for offset in range(5)]
        assert [name for page in pages for name in page] == whole
        assert sorted(whole) == ["ada", "bob", "eve", "max"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("created_at", "ada bob eve max"),
        ("first_name", "ada bob eve max"),
        ("last_active_at", "ada bob"),
        ("last_sign_in_at", "ada eve"),
        ("email_address", "ada bob"),
        ("updated_at", ""),
    ],
)
async def test_orders_put_those_without_a_value_last(
    store: Store, people: dict[str, User], order: UserOrder, expected: str
) -> None:
    known = expected.split()
    rising = await _names(store, people, UserFilter(order_by=order, descending=False))
    falling = await _names(store, people, UserFilter(order_by=order))
    if order == "updated_at":
        assert (rising[-1], falling[0]) == ("eve", "eve")
    else:
        known = [name for name in known if order != "first_name" or name != "max"]
        assert rising[: len(known)] == known
        assert falling[: len(known)] == known[::-1]


async def test_a_page_may_lie_beyond_the_end(store: Store, people: dict[str, User]) -> None:
    assert await _names(store, people, UserFilter(), Page(500, 10**20)) == []
    assert await _names(store, people, UserFilter(), Page(0, 0)) == []


async def test_a_text_that_cannot_be_kept_is_refused_as_a_field(store: Store, instance_id: InstanceId) -> None:
    user = a_user(instance_id)
    with pytest.raises(FieldFormat):
        await store.users.create(replace(user, first_name="\ud800"))
    assert await store.users.find(instance_id, user.id) is None


async def test_users_whose_deletion_was_asked_for_are_listed_only_when_asked_for(
    store: Store, people: dict[str, User]
) -> None:
    ada, instance_id = people["ada"], people["ada"].instance_id
    people["ada"] = replace(ada, delete_at=NOW + DAY, updated_at=NOW + DAY)
    await store.users.save(people["ada"], expected=ada.updated_at)
    assert sorted(await _names(store, people, UserFilter())) == ["bob", "eve", "max"]
    assert sorted(await _names(store, people, UserFilter(query="ada"))) == ["bob"]
    assert await _names(store, people, UserFilter(deleting=True)) == ["ada"]
    assert await _names(store, people, UserFilter(deleting=True, banned=False)) == ["ada"]
    assert len(await _names(store, people, UserFilter(deleting=None))) == 4
    assert await store.users.due_for_deletion(instance_id, NOW, max_rows=9) == []
    assert await store.users.due_for_deletion(instance_id, NOW + DAY, max_rows=9) == [ada.id]


async def test_verified_users_are_told_from_others(store: Store, people: dict[str, User]) -> None:
    ada = people["ada"]
    assert await _names(store, people, UserFilter(verified=True)) == ["bob", "ada"]
    assert await _names(store, people, UserFilter(verified=False)) == ["max", "eve"]
    for address in ada.email_addresses:
        await store.users.unverify_identifier(ada.instance_id, address.id, NOW)
    assert [user.id for user in await store.users.list(ada.instance_id, UserFilter(verified=True), Page())] == [
        people["bob"].id
    ]


@pytest.mark.parametrize("descending", [True, False])
async def test_pages_by_place_show_each_user_once_though_others_come_and_go(
    store: Store, instance_id: InstanceId, descending: bool
) -> None:
    users = [
        a_user(instance_id, f"u{number}@example.com", created_at=NOW + DAY * (number // 4)) for number in range(12)
    ]
    for user in users:
        await store.users.create(user)
    shown: list[User] = []
    after: UserPlace | None = None
    while page := await store.users.list(instance_id, UserFilter(after=after, descending=descending), Page(5)):
        shown += page
        after = UserPlace(page[-1].created_at, page[-1].id)
        await store.users.delete(instance_id, page[-1].id)  # a cursor outlives its user
        newest = NOW + DAY * 99 if descending else NOW.before(DAY)
        await store.users.create(a_user(instance_id, created_at=newest))
    expected = sorted(users, key=lambda user: (user.created_at, user.id), reverse=descending)
    assert [user.id for user in shown] == [user.id for user in expected]
