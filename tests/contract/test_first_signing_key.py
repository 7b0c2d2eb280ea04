"""The first start of several processes at once: one of them makes the signing key, all publish it."""

from asyncio import gather

from sojourn.ids import InstanceId
from sojourn.instances.instance import Environment, Instance
from sojourn.instances.key_store import KeyStore
from sojourn.instances.settings import Settings
from sojourn.secret import Secret
from sojourn.store.interface import Store
from sojourn.testing.clock import FakeClock
from sojourn.tokens.sealing import Sealer

from .values import NOW


async def test_of_workers_that_start_at_once_one_makes_the_signing_key(
    nodes: list[Store], instance_id: InstanceId
) -> None:  # R-KEY-02
    clock, sealer = FakeClock(NOW), Sealer((Secret.random(),))
    rings = [KeyStore(node, clock, sealer) for node in nodes * 2]
    instance = Instance(
        instance_id, Environment.DEVELOPMENT, "pk_test_x", "http://localhost:8000", Settings(), NOW, NOW
    )
    await nodes[0].instances.create(instance)
    published = await gather(*(ring.jwks(instance) for ring in rings))
    assert all(isinstance(keys := each["keys"], list) and len(keys) == 1 and each == published[0] for each in published)
