"""The environment of the instance, which SDKs load before anything else."""

from litestar import Response, get, patch

from sojourn.instances.protection import is_strict
from sojourn.resources.environment import environment
from sojourn.web.access import frontend
from sojourn.web.guard import CLIENT_NAMED
from sojourn.web.redirects import is_allowed_origin
from sojourn.web.request_context import CurrentExchange, RequestContext


@get("/v1/environment", operation_id="getEnvironment", opt=frontend(limit=None))
async def get_environment(exchange: CurrentExchange) -> Response[bytes]:
    return _shown(exchange)


@patch("/v1/environment", operation_id="updateEnvironment", opt=frontend(limit=None))
async def update_environment(exchange: CurrentExchange) -> Response[bytes]:
    """What development SDKs call; it reads like the other and changes nothing."""
    return _shown(exchange)


def _shown(exchange: RequestContext) -> Response[bytes]:
    origin = exchange.origin
    known = origin if is_allowed_origin(exchange.instance, origin) else None
    _name_browser(exchange)
    instance = exchange.instance
    parts = exchange.engine.factors.environment(instance)
    return exchange.json(environment(instance, known, strict=is_strict(instance), parts=parts))


def _name_browser(exchange: RequestContext) -> None:
    """In development, give the browser a name where it has none: the first thing that every SDK's script asks for brings it.

    Scripts make one themselves for their own vendor's hosts only (wire protocol section 1.3). Without it they cannot lead to
    the sign-in page of another origin, and an API beside a single-page app takes no cookie. All ports of a machine share it.
    It stands for no client, here and later: whoever sets this cookie for somebody else gains nothing (R-FLOW-01).
    """
    instance, incoming = exchange.instance, exchange.incoming
    if not instance.is_development or not incoming.query.keys().isdisjoint(CLIENT_NAMED):
        return
    presented = incoming.cookies
    lines = exchange.rules.dev_browser(instance, exchange.engine.dev_browsers.unbound(instance))
    exchange.cookies.extend(line for line in lines if line.partition("=")[0] not in presented)


HANDLERS = [get_environment, update_environment]
