"""Authenticates secret keys in requests, and counts wrong ones per client address (R-AUZ-08, R-LIM-01)."""

import base64
import binascii
from collections.abc import Sequence
from typing import Protocol

from sojourn.config import Config
from sojourn.errors import BadSecretKey, TokenRefused, TooManyRequests
from sojourn.instances.instance import Instance
from sojourn.instances.instances import Instances
from sojourn.limits.rate_limit import WRONG_KEYS, RateLimiter
from sojourn.secret import Secret
from sojourn.store.interface import SecretKey
from sojourn.tokens.bearer import bearer
from sojourn.web.client_ip import client_address, limit_key
from sojourn.web.http_request import HttpRequest

_MAX_LENGTH = 256


class HasKeys(Protocol):
    """The part of the engine that this needs."""

    @property
    def config(self) -> Config: ...
    @property
    def instances(self) -> Instances: ...
    @property
    def limiter(self) -> RateLimiter: ...


async def good_key(engine: HasKeys, request: HttpRequest, secret: Secret) -> tuple[Instance, SecretKey]:
    """The instance of a secret key, and the key. A key that this process has not seen before is counted before its
    look-up. Above the limit of its address it is compared with a list of all keys, read at most once a second, so a
    valid key works there too. Raises: BadSecretKey, TooManyRequests.
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


def presented_key(request: HttpRequest, *, takes_basic: bool = False) -> Secret | None:
    """The secret key in a request, checked for its format; None without credentials. `takes_basic` also reads it from
    the password of `Basic`, which browsers prompt for. Raises: BadSecretKey, for a doubled header too (R-JWT-11).
    """
    value = request.header(b"authorization")
    if value is None:
        return None
    # the common spelling first, because this runs for every request
    if value[:10] == "Bearer sk_" and b"authorization" not in request.repeated:
        text = value[7:]
    else:
        text = _read(request.headers_of(b"authorization"), takes_basic=takes_basic)
    if not text.startswith("sk_") or len(text) > _MAX_LENGTH:
        raise BadSecretKey()
    return Secret(text)


def _read(stated: Sequence[str], *, takes_basic: bool) -> str:
    try:
        if takes_basic and len(stated) == 1 and stated[0][:6].lower() == "basic ":
            return base64.b64decode(stated[0][6:].strip(), validate=True).decode().partition(":")[2]
        return bearer(stated) or ""
    except (binascii.Error, ValueError, TokenRefused) as error:
        raise BadSecretKey() from error
