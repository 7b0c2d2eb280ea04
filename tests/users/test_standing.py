from dataclasses import replace

import pytest

from sojourn.errors import UserBanned
from sojourn.ids import instance_id, user_id
from sojourn.instant import Instant
from sojourn.users.account_status import may_sign_in, refuse_banned
from sojourn.users.user import User

NOW = Instant(1_800_000_000_000)
ADA = User(user_id(), instance_id(), NOW, NOW)


def test_a_banned_user_may_not_sign_in() -> None:  # R-FLOW-04
    assert may_sign_in(ADA)
    refuse_banned(ADA)
    banned = replace(ADA, banned=True)
    assert not may_sign_in(banned)
    with pytest.raises(UserBanned):
        refuse_banned(banned)


def test_a_lock_is_counted_elsewhere() -> None:  # R-LIM-03
    assert may_sign_in(replace(ADA, locked_at=NOW, locked_until=NOW))
