"""Secret keys as requests show them: a good one is found, wrong ones are counted for each client address (R-AUZ-08, R-LIM-01)."""

from typing import Protocol

from sojourn.config import Config
from sojourn.errors import TooManyRequests
from sojourn.instances.instance import Instance
from sojourn.instances.instances import Instances
from sojourn.limits.rate_limit import WRONG_KEYS, RateLimiter
from sojourn.secret import Secret
from sojourn.store.interface import SecretKey
from sojourn.web.client_ip import client_address, limit_key
from sojourn.web.http_request import HttpRequest


class HasKeys(Protocol):
    """The part of the engine that this needs."""

    @property
    def config(self) -> Config: ...
    @property
    def instances(self) -> Instances: ...
    @property
    def limiter(self) -> RateLimiter: ...


async def good_key(engine: HasKeys, request: HttpRequest, secret: Secret) -> tuple[Instance, SecretKey]:
    """The instance that a secret key speaks for, and the key.

    A key that this process has not seen is counted before it is looked up. Beyond the limit of its address it is compared
    with the keys there are, read once a second for all who ask, so a good one works there too. Raises: BadSecretKey, TooManyRequests.
    """
    instances = engine.instances
    if not instances.has_seen(secret):
        address = client_address(request, engine.config.trusted_proxies)
        try:
            await engine.limiter.hit(WRONG_KEYS, limit_key(address), instances.default())
        except TooManyRequests:
            if not await instances.is_listed(secret):
                raise
    return await instances.secret_key(secret)
