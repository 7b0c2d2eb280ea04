"""The keys that a developer's data folder holds."""

import pytest

from sojourn.engine import Sojourn
from sojourn.errors import BadSecretKey
from sojourn.secret import Secret
from sojourn.server.development import DevelopmentKeys, keep_development_key
from sojourn.testing.clock import FakeClock


async def test_a_revoked_key_of_the_folder_stays_revoked_at_the_next_start(engine: Sojourn, clock: FakeClock) -> None:
    secret = Secret.random("sk_test_")  # R-AUZ-08
    keys = DevelopmentKeys(Secret.random().reveal(), secret.reveal())
    await keep_development_key(engine, keys)
    assert await engine.registry.by_secret_key(secret) == engine.instance
    (row,) = await engine.store.instances.secret_keys(engine.instance.id)
    await engine.registry.new_secret_key(engine.instance)
    await engine.registry.revoke_secret_key(engine.instance, row.id)
    clock.advance(seconds=1)
    await keep_development_key(engine, keys)
    with pytest.raises(BadSecretKey):
        await engine.registry.by_secret_key(secret)
