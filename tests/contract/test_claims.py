"""What every store promises about addresses that are added and not proven: nobody squats on them."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from sojourn.errors import IdentifierTaken
from sojourn.factors.verification import VerificationStatus
from sojourn.ids import InstanceId
from sojourn.store.interface import Store
from sojourn.users.user import Identifier, IdentifierKind, User

from .values import LATER, NOW, a_user, a_verification, an_address


async def test_a_claim_that_nobody_proved_yields_to_the_account_that_has_proven_the_address(
    store: Store, instance_id: InstanceId
) -> None:  # R-ADV-01
    squatter = a_user(instance_id, "squatter@example.com")
    await store.users.create(squatter)
    claim = an_address(squatter.id, instance_id, "ada@example.com", verified_at=None, verification_strategy=None)
    await store.users.add_identifier(claim)
    owner = a_user(instance_id, "ada@example.com")
    await store.users.create(owner)
    assert await store.users.find_by_identifier(instance_id, IdentifierKind.EMAIL_ADDRESS, "ada@example.com") == owner
    assert await store.users.find(instance_id, squatter.id) == squatter
    with pytest.raises(IdentifierTaken):  # what is proven yields to nobody
        await store.users.add_identifier(an_address(squatter.id, instance_id, "ada@example.com"))


async def test_of_two_claims_the_younger_waits_until_a_code_of_the_older_is_dead(
    store: Store, instance_id: InstanceId
) -> None:
    first, second = a_user(instance_id, "first@example.com"), a_user(instance_id, "second@example.com")
    for user in (first, second):
        await store.users.create(user)

    def claim(user: User, after: timedelta) -> Identifier:
        return an_address(
            user.id,
            instance_id,
            "ada@example.com",
            verified_at=None,
            verification_strategy=None,
            created_at=NOW + after,
        )

    older = claim(first, timedelta(0))
    await store.users.add_identifier(older)
    # a code that is asked for late does not make the claim last longer
    late = NOW + timedelta(minutes=15)
    await store.verifications.start(a_verification(instance_id, older.id, expire_at=late))
    with pytest.raises(IdentifierTaken):
        await store.users.add_identifier(claim(second, timedelta(minutes=9)))
    younger = claim(second, timedelta(minutes=10))
    await store.users.add_identifier(younger)
    assert await store.users.find_identifier(instance_id, younger.id) == younger
    assert await store.users.find(instance_id, first.id) == first


@pytest.mark.parametrize("code", [None, {"tries": 5}, {"status": VerificationStatus.EXPIRED}, {"expire_at": NOW}])
async def test_a_claim_without_a_living_code_keeps_the_address_for_a_minute(
    store: Store, instance_id: InstanceId, code: dict[str, Any] | None
) -> None:
    squatter, owner = a_user(instance_id, "first@example.com"), a_user(instance_id, "second@example.com")
    for user in (squatter, owner):
        await store.users.create(user)
    unproven: dict[str, Any] = {"verified_at": None, "verification_strategy": None}
    older = an_address(squatter.id, instance_id, "ada@example.com", **unproven)
    await store.users.add_identifier(older)
    if code is not None:
        await store.verifications.start(a_verification(instance_id, older.id, **code))
    soon = an_address(owner.id, instance_id, "ada@example.com", created_at=NOW + timedelta(seconds=59), **unproven)
    with pytest.raises(IdentifierTaken):
        await store.users.add_identifier(soon)
    later = replace(soon, created_at=LATER, updated_at=LATER)
    await store.users.add_identifier(later)
    assert await store.users.find_identifier(instance_id, later.id) == later
