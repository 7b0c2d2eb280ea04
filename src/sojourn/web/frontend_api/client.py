"""The client: made, forgotten, and its development browsers."""

from litestar import Response, delete, post, put

from sojourn.errors import NotFound
from sojourn.resources.clients import client as client_resource
from sojourn.web.access import frontend
from sojourn.web.request_context import CurrentExchange, RequestContext


@put("/v1/client", operation_id="putClient", status_code=200, opt=frontend(limit="create_client"))
async def put_client(exchange: CurrentExchange) -> Response[bytes]:
    return await _ensured(exchange)


@post("/v1/client", operation_id="postClient", status_code=200, opt=frontend(limit="create_client"))
async def post_client(exchange: CurrentExchange) -> Response[bytes]:
    return await _ensured(exchange)


async def _ensured(exchange: RequestContext) -> Response[bytes]:
    issued = await exchange.engine.clients.ensure(await exchange.caller())
    view, shown = await exchange.client(issued.client)
    await exchange.hand_over(issued, view)
    exchange.note_state(view)
    return exchange.json({"response": shown, "client": shown})


@delete("/v1/client", operation_id="deleteClientSessions", status_code=200, opt=frontend(limit=None))
async def delete_client(exchange: CurrentExchange) -> Response[bytes]:
    """End every session and forget the browser; its cookies go with it."""
    caller = await exchange.caller()
    gone = None
    if caller.client is not None:
        view = await exchange.engine.clients.view(caller.client)
        await exchange.engine.clients.delete(caller)
        gone = client_resource(view, [], sign_in=None, sign_up=None) | {"last_active_session_id": None}
    exchange.signed_out()
    exchange.cookies.extend(exchange.rules.client_gone())
    return exchange.json({"response": gone, "client": None})


@delete(
    "/v1/client/sessions", operation_id="removeClientSessionsAndRetainCookie", status_code=200, opt=frontend(limit=None)
)
async def delete_sessions(exchange: CurrentExchange) -> Response[bytes]:
    """Sign out of everything in this browser. The client stays, with a new secret (R-FLOW-01)."""
    caller = await exchange.caller()
    issued = await exchange.engine.sessions.end_all(caller)
    if issued is None:
        exchange.signed_out()
        return exchange.json({"response": None, "client": None})
    view, shown = await exchange.client(issued.client)
    await exchange.hand_over(issued, view)
    exchange.signed_out()
    return exchange.json({"response": shown, "client": shown})


@post("/v1/dev_browser", operation_id="createDevBrowser", status_code=200, opt=frontend(limit=None))
async def create_dev_browser(exchange: CurrentExchange) -> Response[bytes]:
    """A development browser. One SDK generation reads `id`, another `token`."""
    if not exchange.instance.is_development:
        raise NotFound("There are no development browsers in production.")
    secret = exchange.engine.dev_browsers.unbound(exchange.instance)
    return exchange.json({"id": secret.reveal(), "token": secret.reveal()})


HANDLERS = [put_client, post_client, delete_client, delete_sessions, create_dev_browser]
