"""The two paths that every tab takes again and again: its token and its client. They skip the router."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.errors import SessionEnded
from sojourn.resources import token
from sojourn.web.access import frontend
from sojourn.web.headers import of_token
from sojourn.web.request_context import CurrentExchange, RequestContext

_NOBODY = b'{"response":null,"client":null}'


async def mint(exchange: RequestContext, session_id: str) -> bytes:
    """A fresh token for the session in the path. Its body says which organization and why; neither matters yet.

    Raises: SessionEnded, NotAuthenticated, UserBanned; never a 422, which SDKs take for signed out.
    """
    try:
        jwt = await exchange.engine.tokens.mint(
            exchange.instance,
            await exchange.secret_hash(),
            session_id,
            origin=exchange.origin,
            api_version=exchange.api_version,
        )
    except SessionEnded:
        await exchange.identified(minting=True)  # a secret of before is noticed (R-SES-08)
        raise
    exchange.headers += of_token(jwt, exchange.instance)
    return msgspec.json.encode(token(jwt))


async def read_client(exchange: RequestContext) -> bytes:
    """The whole client; nobody's is null, and nothing is stored for it (R-SES-13)."""
    secret = exchange.lone_secret()
    known = await exchange.engine.clients.view_by(exchange.instance, secret.stored_form()) if secret else None
    if known is not None:
        view, shown = await exchange.shown(*known)
    else:
        view, shown = await exchange.client((await exchange.identified()).client)
    if shown is None:
        exchange.note_state(None)
        return _NOBODY
    exchange.note_state(view)
    encoded = msgspec.json.encode(shown)
    return b'{"response":%b,"client":%b}' % (encoded, encoded)


@post(
    "/v1/client/sessions/{session_id:str}/tokens",
    operation_id="createSessionToken",
    status_code=200,
    opt={"fast": mint, **frontend(limit=None)},
)
async def create_token(exchange: CurrentExchange, session_id: FromPath[str]) -> Response[bytes]:
    return Response(await mint(exchange, session_id), media_type="application/json")


@get("/v1/client", operation_id="getClient", opt={"fast": read_client, **frontend(limit=None)})
async def get_client(exchange: CurrentExchange) -> Response[bytes]:
    return Response(await read_client(exchange), media_type="application/json")


HANDLERS = [create_token, get_client]
