"""The environment of the instance, which SDKs load before anything else."""

from litestar import Response, get, patch

from sojourn.sign_ins.guarding import is_strict
from sojourn.web.access import frontend
from sojourn.web.exchange import CurrentExchange, Exchange
from sojourn.web.redirects import is_allowed_origin
from sojourn.web.resources.environment import environment


@get("/v1/environment", operation_id="getEnvironment", opt=frontend(limit=None))
async def get_environment(exchange: CurrentExchange) -> Response[bytes]:
    return _shown(exchange)


@patch("/v1/environment", operation_id="updateEnvironment", opt=frontend(limit=None))
async def update_environment(exchange: CurrentExchange) -> Response[bytes]:
    """What development SDKs call; it reads like the other and changes nothing."""
    return _shown(exchange)


def _shown(exchange: Exchange) -> Response[bytes]:
    origin = exchange.origin
    known = origin if is_allowed_origin(exchange.instance, origin) else None
    return exchange.json(environment(exchange.instance, known, strict=is_strict(exchange.instance)))


HANDLERS = [get_environment, update_environment]
