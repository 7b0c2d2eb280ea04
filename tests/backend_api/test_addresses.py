"""E-mail addresses and phone numbers, through the published typed client."""

from asyncio import gather

import pytest
from clerk_backend_api import Clerk, models
from clerk_backend_api.models import ClerkBaseError

from sojourn.engine import Engine
from sojourn.messages.mailbox import Mailbox

from ..people import is_live, notices, signed_in
from .calling import PASSWORD, Caller


async def test_an_e_mail_address_is_added_made_primary_and_removed(api: Caller, clerk: Clerk):
    user = await api.user()
    added = await clerk.email_addresses.create_async(
        request=models.CreateEmailAddressRequestBody(
            user_id=user["id"], email_address="second@example.com", verified=True, primary=True
        )
    )
    assert added.email_address == "second@example.com"
    assert (await api.ok("GET", f"/users/{user['id']}"))["primary_email_address_id"] == added.id
    first = user["email_addresses"][0]["id"]
    assert (await clerk.email_addresses.update_async(email_address_id=first, primary=True)).id == first
    assert (await clerk.email_addresses.get_async(email_address_id=first)).id == first
    gone = await clerk.email_addresses.delete_async(email_address_id=str(added.id))
    assert (gone.object, gone.id, gone.deleted) == ("email_address", added.id, True)
    assert len((await api.ok("GET", f"/users/{user['id']}"))["email_addresses"]) == 1


async def test_an_unverified_address_shows_no_proof_and_cannot_be_primary(api: Caller, clerk: Clerk):  # R-OTP-06
    user = await api.user()
    added = await clerk.email_addresses.create_async(
        request=models.CreateEmailAddressRequestBody(user_id=user["id"], email_address="second@example.com")
    )
    assert added.verification is None
    with pytest.raises(ClerkBaseError) as refused:
        await clerk.email_addresses.update_async(email_address_id=str(added.id), primary=True)
    assert refused.value.status_code == 422


async def test_the_last_address_stays(api: Caller, clerk: Clerk):  # R-OTP-06
    user = await api.user()
    with pytest.raises(ClerkBaseError) as refused:
        await clerk.email_addresses.delete_async(email_address_id=user["email_addresses"][0]["id"])
    assert "last_identifier_deletion_failed" in refused.value.body


async def test_a_phone_number_is_kept_as_data(api: Caller, clerk: Clerk):
    user = await api.user()
    added = await clerk.phone_numbers.create_async(
        request=models.CreatePhoneNumberRequestBody(user_id=user["id"], phone_number="+1 500 555 0006", verified=True)
    )
    assert added.phone_number == "+15005550006"
    assert (await clerk.phone_numbers.get_async(phone_number_id=str(added.id))).id == added.id
    assert (await clerk.phone_numbers.update_async(phone_number_id=str(added.id), verified=False)).verification is None
    assert (await clerk.phone_numbers.delete_async(phone_number_id=str(added.id))).deleted
    refused = await api.refused("POST", "/phone_numbers", {"user_id": user["id"], "phone_number": "12"})
    assert refused == (422, "form_param_format_invalid")


async def test_a_new_address_takes_the_place_of_all_others(  # R-OTP-06, R-PWD-11, R-LOG-04
    engine: Engine, api: Caller, clerk: Clerk, mailbox: Mailbox
):
    user = await api.user()
    second = {"user_id": user["id"], "email_address": "second@example.com", "verified": True}
    await api.ok("POST", "/email_addresses", second)
    session = await signed_in(engine)
    before = len(await notices(engine, mailbox))
    put = await clerk.email_addresses.replace_for_user_async(user_id=user["id"], email_address="new@example.com")
    assert put.verification is not None
    assert put.verification.strategy == "admin"
    found = await api.ok("GET", f"/users/{user['id']}")
    assert [each["id"] for each in found["email_addresses"]] == [found["primary_email_address_id"]] == [put.id]
    assert not await is_live(engine, session)
    told = (await notices(engine, mailbox))[before:]
    assert sorted(told) == [
        ("address_changed", "ada@example.com"),
        ("address_changed", "new@example.com"),
        ("address_removed", "ada@example.com"),
        ("address_removed", "second@example.com"),
    ]
    assert await api.refused("GET", f"/email_addresses/{user['email_addresses'][0]['id']}") == (
        404,
        "resource_not_found",
    )


async def test_replacing_an_address_by_itself_changes_nothing(engine: Engine, api: Caller, mailbox: Mailbox):
    user = await api.user()
    session = await signed_in(engine)
    before = await notices(engine, mailbox)
    put = await api.ok("PUT", f"/users/{user['id']}/email_address", {"email_address": "ADA@example.com"})
    assert put["id"] == user["email_addresses"][0]["id"]
    assert await is_live(engine, session)
    assert await notices(engine, mailbox) == before


async def test_a_reserved_address_names_its_user_and_an_unverified_one_leaves_the_old_one_in_place(api: Caller):
    user = await api.user()  # R-OTP-06
    where = f"/users/{user['id']}/email_address"
    unverified = {"email_address": "new@example.com", "identification_status": "unverified"}
    assert await api.refused("PUT", where, unverified) == (422, "last_identifier_deletion_failed")
    assert (await api.ok("GET", f"/users/{user['id']}"))["email_addresses"] == user["email_addresses"]
    put = await api.ok("PUT", where, {**unverified, "identification_status": "reserved"})
    assert (put["reserved"], put["verification"]) == (True, None)
    assert (await api.ok("GET", f"/users/{user['id']}"))["primary_email_address_id"] == put["id"]


async def test_a_user_who_has_a_name_may_have_an_unverified_first_address(api: Caller):
    user = await api.ok("POST", "/users", {"username": "grace", "password": PASSWORD})
    body = {"email_address": "grace@example.com", "identification_status": "unverified"}
    put = await api.ok("PUT", f"/users/{user['id']}/email_address", body)
    assert (put["reserved"], put["verification"]) == (False, None)
    assert (await api.ok("GET", f"/users/{user['id']}"))["primary_email_address_id"] is None


async def test_an_address_of_somebody_else_is_not_taken_and_nothing_changes(api: Caller):  # R-REL-01, R-INP-01
    user = await api.user()
    await api.user("bob@example.com")
    where = f"/users/{user['id']}"
    for value, code in (("BOB@example.com", "form_identifier_exists"), ("no address", "form_param_format_invalid")):
        assert await api.refused("PUT", f"{where}/email_address", {"email_address": value}) == (422, code)
    assert (await api.ok("GET", where))["email_addresses"] == user["email_addresses"]
    unknown = await api.refused("PUT", "/users/user_nobody/email_address", {"email_address": "x@example.com"})
    assert unknown == (404, "resource_not_found")


async def test_a_phone_number_is_replaced_and_the_owner_told(  # R-OTP-06
    engine: Engine, api: Caller, clerk: Clerk, mailbox: Mailbox
):
    user = await api.user(phone_number=["+15005550006", "+15005550007"])
    session = await signed_in(engine)
    before = len(await notices(engine, mailbox))
    put = await clerk.phone_numbers.replace_for_user_async(user_id=user["id"], phone_number="+15005550008")
    found = await api.ok("GET", f"/users/{user['id']}")
    assert [each["id"] for each in found["phone_numbers"]] == [found["primary_phone_number_id"]] == [put.id]
    assert await is_live(engine, session)
    told = (await notices(engine, mailbox))[before:]
    assert sorted(told) == [("address_added", "ada@example.com"), ("address_removed", "ada@example.com")]


async def test_of_many_replacements_at_once_one_address_is_left(api: Caller):  # R-REL-02
    user = await api.user()
    where = f"/users/{user['id']}"
    values = [f"new{n}@example.com" for n in range(8)]
    put = await gather(*[api.send("PUT", f"{where}/email_address", {"email_address": value}) for value in values])
    assert {answer.status_code for answer in put} <= {200, 409}
    found = await api.ok("GET", where)
    assert [each["id"] for each in found["email_addresses"]] == [found["primary_email_address_id"]]


async def test_an_address_of_the_other_kind_is_not_found(api: Caller):
    user = await api.user()
    id = user["email_addresses"][0]["id"]
    assert await api.refused("GET", f"/phone_numbers/{id}") == (404, "resource_not_found")
    assert await api.refused("DELETE", f"/phone_numbers/{id}") == (404, "resource_not_found")
