"""Users, as the published typed client sees them."""

from typing import get_args

import pytest
from clerk_backend_api import Clerk, models
from clerk_backend_api.models import ClerkBaseError, ClerkErrors

from sojourn.engine import Engine
from sojourn.store.interface import UserOrder
from sojourn.testing.clock import FakeClock

from ..people import is_live, signed_in
from .calling import PASSWORD, Caller


async def _create(clerk: Clerk, email: str = "ada@example.com", **fields: object) -> models.User:
    return await clerk.users.create_async(email_address=[email], password=PASSWORD, **fields)  # type: ignore[arg-type]


async def test_a_user_is_created_with_everything_a_server_may_say(clerk: Clerk):
    user = await _create(
        clerk,
        first_name="Ada",
        last_name="Lovelace",
        username="ada_l",
        phone_number=["+15005550006"],
        external_id="crm-1",
        public_metadata={"plan": "gold"},
        private_metadata={"note": 1},
        unsafe_metadata={"theme": "dark"},
        created_at="2024-01-02T03:04:05Z",
        legal_accepted_at="2024-01-02T03:04:05Z",
    )
    assert (user.first_name, user.last_name, user.username, user.external_id) == ("Ada", "Lovelace", "ada_l", "crm-1")
    assert (user.public_metadata, user.private_metadata) == ({"plan": "gold"}, {"note": 1})
    assert user.created_at == user.legal_accepted_at == 1704164645000
    assert user.primary_email_address_id == user.email_addresses[0].id
    assert user.email_addresses[0].verification.status == "verified"  # type: ignore[union-attr]
    assert user.phone_numbers[0].phone_number == "+15005550006"
    assert user.password_enabled
    assert await clerk.users.get_async(user_id=user.id) == user


async def test_a_taken_address_is_refused_by_name(clerk: Clerk):
    await _create(clerk)
    with pytest.raises(ClerkErrors) as refused:
        await _create(clerk, email="ADA@example.com")
    error = refused.value.data.errors[0]
    assert (error.code, error.meta) == ("form_identifier_exists", {"param_name": "email_address"})


async def test_a_list_is_newest_first_and_can_be_turned(api: Caller, clerk: Clerk, clock: FakeClock):
    ids = []
    for name in ("ada", "bob", "cyd"):
        clock.advance(seconds=1)
        ids.append((await _create(clerk, f"{name}@example.com")).id)
    assert [user.id for user in await clerk.users.list_async()] == ids[::-1]
    ascending = await clerk.users.list_async(request=models.GetUserListRequest(order_by="+created_at", limit=2))
    assert [user.id for user in ascending] == ids[:2]
    by_mail = await api.ok("GET", "/users", order_by="-email_address", limit=1, offset=1)
    assert [user["id"] for user in by_mail] == [ids[1]]


async def test_every_filter_of_the_list_counts_alike(api: Caller, clock: FakeClock):
    ada = await api.user("ada@example.com", username="ada_l", external_id="crm-1", first_name="Ada")
    clock.advance(days=1)
    bob = await api.user("bob@example.org", phone_number=["+15005550006"], last_name="Stone")
    await api.ok("POST", f"/users/{bob['id']}/ban")
    await api.session(ada["id"])
    moment = bob["created_at"]
    expected: list[tuple[dict[str, object], list[str]]] = [
        ({"email_address": ["ADA@example.com", "nobody@example.com"]}, [ada["id"]]),
        ({"email_address": "not an address"}, []),
        ({"phone_number": "+1 500 555 0006"}, [bob["id"]]),
        ({"external_id": "crm-1"}, [ada["id"]]),
        ({"external_id": "-crm-1"}, [bob["id"]]),
        ({"username": "ADA_L"}, [ada["id"]]),
        ({"user_id": [ada["id"], bob["id"]]}, [bob["id"], ada["id"]]),
        ({"user_id": f"-{ada['id']}"}, [bob["id"]]),
        ({"user_id": f"+{ada['id']}"}, [ada["id"]]),
        ({"query": "EXAMPLE.org"}, [bob["id"]]),
        ({"query": ada["id"]}, [ada["id"]]),
        ({"query": ada["id"][5:20].lower()}, [ada["id"]]),
        ({"query": "crm-1"}, [ada["id"]]),
        ({"query": "50055"}, [bob["id"]]),
        ({"query": "da_l"}, [ada["id"]]),
        ({"query": "Ada"}, [ada["id"]]),
        ({"query": "%"}, []),
        ({"email_address_query": "da@ex"}, [ada["id"]]),
        ({"phone_number_query": "555"}, [bob["id"]]),
        ({"username_query": "DA_"}, [ada["id"]]),
        ({"name_query": "stone"}, [bob["id"]]),
        ({"banned": True}, [bob["id"]]),
        ({"banned": False}, [ada["id"]]),
        ({"created_at_after": moment}, [bob["id"]]),
        ({"created_at_before": moment}, [ada["id"]]),
        ({"last_sign_in_at_after": moment}, [ada["id"]]),
        ({"last_sign_in_at_before": moment}, []),
        ({"last_active_at_after": moment}, [ada["id"]]),
        ({"last_active_at_since": moment}, [ada["id"]]),
        ({"last_active_at_before": moment}, []),
        ({"web3_wallet": "0x1"}, []),
        ({"organization_id": "org_1"}, []),
        ({"organization_id": "-org_1"}, [bob["id"], ada["id"]]),
        ({"provider": "oauth_google", "provider_user_id": "1"}, []),
    ]
    for query, ids in expected:
        found = await api.ok("GET", "/users", **query)
        assert [user["id"] for user in found] == ids, query
        assert (await api.ok("GET", "/users/count", **query))["total_count"] == len(ids), query


async def test_every_order_of_the_list_can_be_asked_for_both_ways(api: Caller, clock: FakeClock):
    names = {"username": "user_{}", "first_name": "First {}", "last_name": "Last {}", "phone_number": "+1500555000{}"}
    ids: list[str] = []
    for place in (1, 2, 3):
        clock.advance(minutes=1)
        given: dict[str, object] = {name: text.format(place) for name, text in names.items()}
        user = await api.user(f"user{place}@example.com", **{**given, "phone_number": [given["phone_number"]]})
        await api.session(user["id"])
        ids.append(user["id"])
    for order in get_args(UserOrder):
        for sign, expected in (("", ids), ("+", ids), ("-", ids[::-1])):
            found = await api.ok("GET", "/users", order_by=f"{sign}{order}")
            assert [user["id"] for user in found] == expected, (sign, order)
    assert await api.refused("GET", "/users", order_by="password_digest") == (422, "form_param_value_invalid")


async def test_a_user_without_the_value_comes_last_whichever_way(api: Caller):
    without = await api.user("ada@example.com")
    named = await api.user("bob@example.com", first_name="Bob", username="bobby")
    for order in ("first_name", "-first_name", "username", "-username", "last_sign_in_at", "-last_active_at"):
        found = [user["id"] for user in await api.ok("GET", "/users", order_by=order)]
        assert sorted(found) == sorted([without["id"], named["id"]])
        if "sign_in" not in order and "active" not in order:
            assert found[-1] == without["id"], order


async def test_filters_narrow_together_and_their_bounds_are_kept(api: Caller):  # R-LIM-07
    ada = await api.user("ada@example.com", first_name="Ada")
    await api.user("bob@example.com", first_name="Ada")
    found = await api.ok("GET", "/users", name_query="ada", email_address="ada@example.com", banned="false")
    assert [user["id"] for user in found] == [ada["id"]]
    for query in ({"limit": 0}, {"limit": 501}, {"offset": -1}, {"banned": "perhaps"}, {"created_at_after": "yesterday"},
                  {"user_id": [f"user_{n}" for n in range(101)]}):  # fmt: skip
        assert (await api.refused("GET", "/users", **query))[0] == 422, query
    assert len(await api.ok("GET", "/users", limit=1)) == 1
    assert len(await api.ok("GET", "/users", offset=1)) == 1


async def test_a_cursor_walks_every_user_once_also_those_of_one_moment(api: Caller, clock: FakeClock):
    for place in range(7):
        if place % 3 == 0:
            clock.advance(seconds=1)
        await api.user(f"user{place}@example.com")
    for order in ("-created_at", "created_at"):
        whole = [user["id"] for user in await api.ok("GET", "/users", order_by=order, limit=100)]
        walked: list[str] = []
        page = await api.ok("GET", "/users", order_by=order, limit=2)
        while page:
            walked += [user["id"] for user in page]
            page = await api.ok("GET", "/users", order_by=order, limit=2, starting_after=walked[-1])
        assert walked == whole


async def test_a_cursor_refuses_what_would_skip_users(api: Caller):
    user = await api.user()
    for query in ({"order_by": "email_address"}, {"offset": 1}):
        assert (await api.refused("GET", "/users", starting_after=user["id"], **query))[0] == 422


async def test_an_update_changes_what_is_given_and_null_clears(clerk: Clerk):
    user = await _create(clerk, first_name="Ada", last_name="Lovelace", external_id="crm-1")
    changed = await clerk.users.update_async(user_id=user.id, first_name="Augusta", last_name=None)
    assert (changed.first_name, changed.last_name, changed.external_id) == ("Augusta", None, "crm-1")


async def test_metadata_has_an_address_of_its_own_since_2026(api: Caller):
    user = await api.user()
    patched = {"public_metadata": {"plan": "gold"}}
    response = await api.send("PATCH", f"/users/{user['id']}", patched)
    error = response.json()["errors"][0]
    assert (response.status_code, error["code"]) == (422, "form_param_unknown")
    assert error["meta"]["param_name"] == "public_metadata"
    old = await api.send("PATCH", f"/users/{user['id']}", patched, headers={"Clerk-API-Version": "2025-11-10"})
    assert old.json()["public_metadata"] == {"plan": "gold"}


async def test_metadata_is_merged_deeply_and_null_deletes(clerk: Clerk):  # R-INP-05
    user = await _create(clerk, public_metadata={"a": {"b": 1, "c": 2}, "d": 3})
    merged = await clerk.users.update_metadata_async(
        user_id=user.id, public_metadata={"a": {"b": None}, "__proto__": 1}
    )
    assert merged.public_metadata == {"a": {"c": 2}, "d": 3, "__proto__": 1}
    replaced = await clerk.users.replace_metadata_async(user_id=user.id, public_metadata={"e": 1})
    assert replaced.public_metadata == {"e": 1}


async def test_a_password_is_verified_and_a_wrong_one_is_a_422(clerk: Clerk):
    user = await _create(clerk)
    assert (await clerk.users.verify_password_async(user_id=user.id, password=PASSWORD)).verified
    with pytest.raises(ClerkBaseError) as refused:
        await clerk.users.verify_password_async(user_id=user.id, password="not this one")
    assert refused.value.status_code == 422
    assert "form_password_incorrect" in refused.value.body


async def test_no_answer_holds_a_password_or_its_hash(api: Caller):  # R-PWD-13
    user = await api.user()
    text = (await api.send("GET", f"/users/{user['id']}")).text
    assert PASSWORD not in text
    assert "argon2" not in text
    assert "digest" not in text


async def test_a_password_of_another_system_is_imported_by_its_digest(clerk: Clerk):  # R-PWD-04
    user = await clerk.users.create_async(
        email_address=["imported@example.com"],
        password_hasher="bcrypt",  # type: ignore[arg-type]
        password_digest="$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    )
    assert user.password_enabled
    with pytest.raises(ClerkBaseError):
        await clerk.users.verify_password_async(user_id=user.id, password="wrong password")


async def test_a_removed_password_is_gone_and_removing_it_twice_is_no_error(api: Caller, clerk: Clerk):
    await api.ok("PATCH", "/sojourn/settings", {"sign_up": {"password": "optional"}})
    user = await _create(clerk)
    assert not (await clerk.users.remove_password_async(user_id=user.id)).password_enabled
    assert not (await clerk.users.remove_password_async(user_id=user.id)).password_enabled


async def test_a_compromised_password_is_marked_and_the_mark_taken_away(engine: Engine, clerk: Clerk):
    user = await _create(clerk)
    session = await signed_in(engine)
    marked = await clerk.users.set_password_compromised_async(user_id=user.id, revoke_all_sessions=True)
    assert marked.password_enabled
    assert not await is_live(engine, session)
    with pytest.raises(ClerkBaseError) as refused:
        await clerk.users.verify_password_async(user_id=user.id, password=PASSWORD)
    assert (refused.value.status_code, "form_password_compromised" in refused.value.body) == (422, True)
    await clerk.users.unset_password_compromised_async(user_id=user.id)
    assert (await clerk.users.verify_password_async(user_id=user.id, password=PASSWORD)).verified


async def test_a_new_password_from_the_server_clears_the_mark(clerk: Clerk):
    user = await _create(clerk)
    await clerk.users.set_password_compromised_async(user_id=user.id)
    await clerk.users.update_async(user_id=user.id, password="violet umbrella at the ferry")
    assert (await clerk.users.verify_password_async(user_id=user.id, password="violet umbrella at the ferry")).verified


async def test_a_user_without_a_password_has_none_to_mark(api: Caller):
    user = await api.ok("POST", "/users", {"username": "nobody", "skip_password_requirement": True})
    where = f"/users/{user['id']}/password"
    assert await api.refused("POST", f"{where}/set_compromised", {}) == (422, "strategy_for_user_invalid")
    assert (await api.ok("POST", f"{where}/unset_compromised"))["id"] == user["id"]


async def test_a_ban_ends_every_session(engine: Engine, clerk: Clerk):  # R-SES-07
    user = await _create(clerk)
    session = await signed_in(engine)
    assert (await clerk.users.ban_async(user_id=user.id)).banned
    assert not await is_live(engine, session)
    assert not (await clerk.users.unban_async(user_id=user.id)).banned


async def test_a_lock_by_an_administrator_has_no_end(clerk: Clerk):
    user = await _create(clerk)
    locked = await clerk.users.lock_async(user_id=user.id)
    assert (locked.locked, locked.lockout_expires_in_seconds) == (True, None)
    assert not (await clerk.users.unlock_async(user_id=user.id)).locked


async def test_several_are_banned_at_once_or_none(clerk: Clerk):
    users = [await _create(clerk, f"user{place}@example.com") for place in range(3)]
    ids = [user.id for user in users]
    assert [user.banned for user in await clerk.users.bulk_ban_async(user_ids=ids)] == [True] * 3
    assert [user.banned for user in await clerk.users.bulk_unban_async(user_ids=ids)] == [False] * 3
    with pytest.raises(ClerkBaseError):
        await clerk.users.bulk_ban_async(user_ids=[ids[0], "user_nobody"])
    assert not (await clerk.users.get_async(user_id=ids[0])).banned


async def test_a_deleted_user_is_gone(clerk: Clerk):
    user = await _create(clerk)
    gone = await clerk.users.delete_async(user_id=user.id)
    assert (gone.object, gone.id, gone.deleted) == ("user", user.id, True)
    with pytest.raises(ClerkErrors) as refused:
        await clerk.users.get_async(user_id=user.id)
    assert refused.value.status_code == 404


async def test_a_user_has_no_organizations_yet(clerk: Clerk):
    user = await _create(clerk)
    found = await clerk.users.get_organization_memberships_async(user_id=user.id)
    assert (found.data, found.total_count) == ([], 0)


async def test_what_this_server_does_not_have_is_refused_by_name(api: Caller):
    for field, value in (("totp_secret", "ABC"), ("backup_codes", ["1"]), ("web3_wallet", ["0x1"])):
        response = await api.send("POST", "/users", {"email_address": ["a@example.com"], field: value})
        error = response.json()["errors"][0]
        assert (response.status_code, error["code"]) == (403, "feature_not_enabled")
        assert error["meta"]["param_name"] == field


async def test_another_instance_has_no_users_of_this_one(engine: Engine, api: Caller):  # R-AUZ-02
    user = await api.user()
    assert (await api.ok("GET", f"/users/{user['id']}"))["id"] == user["id"]
    found = await engine.store.users.find(type(engine.instance.id)("ins_another"), user["id"])
    assert found is None
