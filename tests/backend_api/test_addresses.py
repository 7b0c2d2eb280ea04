"""E-mail addresses and phone numbers, through the published typed client."""

import pytest
from clerk_backend_api import Clerk, models
from clerk_backend_api.models import ClerkBaseError

from .calling import Caller


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


async def test_an_address_of_the_other_kind_is_not_found(api: Caller):
    user = await api.user()
    id = user["email_addresses"][0]["id"]
    assert await api.refused("GET", f"/phone_numbers/{id}") == (404, "resource_not_found")
    assert await api.refused("DELETE", f"/phone_numbers/{id}") == (404, "resource_not_found")
