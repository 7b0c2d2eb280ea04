"""The environment of the instance, which SDKs load before anything else."""

from litestar import Response, get, patch

from sojourn.instances.protection import is_strict
from sojourn.resources.environment import environment
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.guard import CLIENT_NAMED
from sojourn.web.operation import frontend
from sojourn.web.redirects import is_allowed_origin


@get("/v1/environment", operation_id="getEnvironment", opt=frontend(limit=None))
async def get_environment(context: Context) -> Response[bytes]:
    return _shown(context)


@patch("/v1/environment", operation_id="updateEnvironment", opt=frontend(limit=None))
async def update_environment(context: Context) -> Response[bytes]:
    """Called by development SDKs; returns the environment and changes nothing."""
    return _shown(context)


def _shown(context: ClientContext) -> Response[bytes]:
    origin = context.origin
    known = origin if is_allowed_origin(context.instance, origin) else None
    _name_browser(context)
    instance = context.instance
    parts = context.engine.factors.environment(instance)
    return context.json(environment(instance, known, strict=is_strict(instance), parts=parts))


def _name_browser(context: ClientContext) -> None:
    """In development, set a development browser cookie if there is none; every SDK requests the environment first.

    SDKs create one themselves only for their vendor's own hosts (wire protocol section 1.3). Without it they cannot
    redirect to a sign-in page on another origin, and an API beside a single-page app accepts no cookie. All ports of a
    host share it. It never identifies a client, so an attacker who sets this cookie in another browser gains nothing
    (R-FLOW-01).
    """
    instance, request = context.instance, context.request
    if not instance.is_development or not request.query.keys().isdisjoint(CLIENT_NAMED):
        return
    presented = request.cookies
    lines = context.rules.dev_browser(instance, context.engine.dev_browsers.unbound(instance))
    context.cookies.extend(line for line in lines if line.partition("=")[0] not in presented)


HANDLERS = [get_environment, update_environment]
