"""Codes that a server has sent to an address, through the published typed client."""

from asyncio import gather

import pytest
from clerk_backend_api import Clerk
from clerk_backend_api.models import ClerkBaseError

from sojourn.engine import Engine
from sojourn.messages.mailbox import Mailbox
from sojourn.testing.clock import FakeClock

from ..people import ADA, notices
from .calling import Answer, Caller

TEST_ADDRESS = "ada+clerk_test@example.com"
TEST_CODE = "424242"
WRONG = "000000"


async def unproven(api: Caller) -> str:
    """The id of an address of Ada that nobody has proven."""
    user = await api.user(ADA)
    added = await api.ok("POST", "/email_addresses", {"user_id": user["id"], "email_address": TEST_ADDRESS})
    return added["id"]


async def sent(api: Caller, id: str) -> Answer:
    return await api.ok("POST", f"/email_addresses/{id}/prepare_verification")


async def tried(api: Caller, id: str, challenge: Answer, code: str) -> Answer:
    body = {"verification_id": challenge["id"], "code": code}
    return await api.ok("POST", f"/email_addresses/{id}/attempt_verification", body)


async def test_the_right_code_proves_the_address(api: Caller, clerk: Clerk):
    id = await unproven(api)
    challenge = await clerk.email_addresses.prepare_verification_async(email_address_id=id)
    assert (challenge.status, challenge.strategy, challenge.attempts) == ("unverified", "email_code", 0)
    proven = await clerk.email_addresses.attempt_verification_async(
        email_address_id=id, verification_id=str(challenge.id), code=TEST_CODE
    )
    assert (proven.id, proven.status, proven.attempts) == (challenge.id, "verified", 1)
    found = await api.ok("GET", f"/email_addresses/{id}")
    assert (found["verification"]["status"], found["verification"]["strategy"]) == ("verified", "email_code")


async def test_the_code_goes_to_the_stored_address_also_when_it_is_proven(  # R-INP-02
    engine: Engine, api: Caller, mailbox: Mailbox
):
    user = await api.user(ADA)
    id = user["email_addresses"][0]["id"]
    challenge = await sent(api, id)
    assert (await notices(engine, mailbox))[-1] == ("verification_code", ADA)
    assert (await tried(api, id, challenge, mailbox.last().code or ""))["status"] == "verified"
    assert (await api.ok("GET", f"/users/{user['id']}"))["updated_at"] == user["updated_at"]


async def test_a_wrong_code_shows_in_the_status_and_the_fifth_is_the_last(api: Caller):  # R-OTP-01
    id = await unproven(api)
    challenge = await sent(api, id)
    seen = [await tried(api, id, challenge, WRONG) for _ in range(5)]
    assert [(each["status"], each["attempts"]) for each in seen] == [
        *(("unverified", n) for n in range(1, 5)),
        ("failed", 5),
    ]
    assert (await tried(api, id, challenge, TEST_CODE))["status"] == "failed"
    assert (await api.ok("GET", f"/email_addresses/{id}"))["verification"] is None


async def test_a_code_that_came_too_late_or_was_followed_by_another_is_expired(  # R-OTP-01
    api: Caller, clock: FakeClock
):
    id = await unproven(api)
    first, second = await sent(api, id), await sent(api, id)
    assert (await tried(api, id, first, TEST_CODE))["status"] == "expired"
    clock.advance(minutes=10)
    assert (await tried(api, id, second, TEST_CODE))["status"] == "expired"


async def test_a_code_proves_once(api: Caller, clerk: Clerk):  # R-OTP-01, R-REL-02
    id = await unproven(api)
    challenge = await sent(api, id)
    body = {"verification_id": challenge["id"], "code": TEST_CODE}
    where = f"/email_addresses/{id}/attempt_verification"
    answers = await gather(*[api.send("POST", where, body) for _ in range(5)])
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert sum(answer.status_code == 200 for answer in answers) == 1
    assert await api.refused("POST", where, body) == (400, "verification_already_verified")


async def test_a_verification_of_something_else_is_not_found(api: Caller):  # R-AUZ-02
    id = await unproven(api)
    other = (await api.user("bob@example.com"))["email_addresses"][0]["id"]
    challenge = await sent(api, id)
    for address, verification in (
        (other, challenge["id"]),
        (id, "ver_nobody"),
        (id, "no id"),
        ("idn_x", challenge["id"]),
    ):
        body = {"verification_id": verification, "code": TEST_CODE}
        refused = await api.refused("POST", f"/email_addresses/{address}/attempt_verification", body)
        assert refused == (404, "resource_not_found")
    assert (await tried(api, id, challenge, TEST_CODE))["status"] == "verified"


async def test_guessing_locks_the_account_as_in_any_sign_in(api: Caller, clerk: Clerk):  # R-LIM-03, R-FLOW-04
    id = await unproven(api)
    for _ in range(2):
        challenge = await sent(api, id)
        for _ in range(5):
            await tried(api, id, challenge, WRONG)
    challenge = await sent(api, id)
    with pytest.raises(ClerkBaseError) as refused:
        await clerk.email_addresses.attempt_verification_async(
            email_address_id=id, verification_id=challenge["id"], code=TEST_CODE
        )
    assert (refused.value.status_code, "user_locked" in refused.value.body) == (403, True)


async def test_a_banned_user_proves_nothing(api: Caller):  # R-FLOW-04
    id = await unproven(api)
    challenge = await sent(api, id)
    owner = (await api.ok("GET", "/users", email_address=ADA))[0]["id"]
    await api.ok("POST", f"/users/{owner}/ban")
    body = {"verification_id": challenge["id"], "code": TEST_CODE}
    assert await api.refused("POST", f"/email_addresses/{id}/attempt_verification", body) == (403, "user_banned")
    assert (await api.ok("GET", f"/email_addresses/{id}"))["verification"] is None


async def test_an_address_gets_so_many_codes_and_no_more(api: Caller):  # R-LIM-01
    id = (await api.user(ADA))["email_addresses"][0]["id"]
    for _ in range(3):
        await sent(api, id)
    refused = await api.refused("POST", f"/email_addresses/{id}/prepare_verification")
    assert refused == (429, "too_many_requests")
