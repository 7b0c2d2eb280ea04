"""The client: create, delete, and its development browsers."""

from litestar import Response, delete, post, put

from sojourn.errors import NotFound
from sojourn.resources.clients import client_resource
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend


@put("/v1/client", operation_id="putClient", status_code=200, opt=frontend(limit="create_client"))
async def put_client(context: Context) -> Response[bytes]:
    return await _ensured(context)


@post("/v1/client", operation_id="postClient", status_code=200, opt=frontend(limit="create_client"))
async def post_client(context: Context) -> Response[bytes]:
    return await _ensured(context)


async def _ensured(context: ClientContext) -> Response[bytes]:
    issued = await context.engine.clients.ensure(await context.caller())
    view, shown = await context.client(issued.client)
    await context.hand_over(issued, view)
    context.note_state(view)
    return context.json({"response": shown, "client": shown})


@delete("/v1/client", operation_id="deleteClientSessions", status_code=200, opt=frontend(limit=None))
async def delete_client(context: Context) -> Response[bytes]:
    """End every session and delete the client and its cookies."""
    caller = await context.caller()
    gone = None
    if caller.client is not None:
        view = await context.engine.clients.view(caller.client)
        await context.engine.clients.delete(caller)
        gone = client_resource(view, [], sign_in=None, sign_up=None) | {"last_active_session_id": None}
    context.signed_out()
    context.cookies.extend(context.rules.client_gone())
    return context.json({"response": gone, "client": None})


@delete(
    "/v1/client/sessions", operation_id="removeClientSessionsAndRetainCookie", status_code=200, opt=frontend(limit=None)
)
async def delete_sessions(context: Context) -> Response[bytes]:
    """Sign out of everything in this browser. The client stays, with a new secret (R-FLOW-01)."""
    caller = await context.caller()
    issued = await context.engine.sessions.end_all(caller)
    if issued is None:
        context.signed_out()
        return context.json({"response": None, "client": None})
    view, shown = await context.client(issued.client)
    await context.hand_over(issued, view)
    context.signed_out()
    return context.json({"response": shown, "client": shown})


@post("/v1/dev_browser", operation_id="createDevBrowser", status_code=200, opt=frontend(limit=None))
async def create_dev_browser(context: Context) -> Response[bytes]:
    """Create a development browser. One SDK generation reads `id`, another `token`."""
    if not context.instance.is_development:
        raise NotFound("There are no development browsers in production.")
    secret = context.engine.dev_browsers.unbound(context.instance)
    return context.json({"id": secret.reveal(), "token": secret.reveal()})


HANDLERS = [put_client, post_client, delete_client, delete_sessions, create_dev_browser]
