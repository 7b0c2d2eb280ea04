"""What every store does for a request whose patience is at its end."""

import pytest

from sojourn.errors import Overloaded
from sojourn.ids import InstanceId
from sojourn.store import time_limit
from sojourn.store.interface import Store

from .values import a_user


async def test_a_request_whose_time_is_over_commits_nothing(
    store: Store, instance_id: InstanceId, monkeypatch: pytest.MonkeyPatch
) -> None:  # R-REL-03
    late = a_user(instance_id, "late@example.com")

    async def write() -> None:
        async with store.transaction() as tx:
            await tx.users.create(late)
            own = time_limit._of_request.get()  # pyright: ignore[reportPrivateUsage]
            assert own is not None
            own.left = 0.0

    with time_limit.of_one_request(), pytest.raises(Overloaded):
        await write()
    assert await store.users.find(instance_id, late.id) is None
    await store.users.create(late)  # the connection was given back in order


async def test_each_request_has_its_own_patience() -> None:  # R-REL-03
    with time_limit.of_one_request():
        with time_limit.spending():
            pass
        assert time_limit.left() < time_limit.MAX_SECONDS
        with time_limit.of_one_request():
            assert time_limit.left() == time_limit.MAX_SECONDS
    assert time_limit.left() == time_limit.MAX_SECONDS
