"""The two paths that every tab takes again and again: its token and its client. They skip the router."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.errors import NotAuthenticated
from sojourn.web.access import frontend
from sojourn.web.exchange import CurrentExchange, Exchange
from sojourn.web.headers import of_token
from sojourn.web.resources import token

_NOBODY = b'{"response":null,"client":null}'


async def mint(exchange: Exchange, session_id: str) -> bytes:
    """A fresh token for the session in the path. Its body says which organization and why; neither matters yet.

    Raises: SessionEnded, NotAuthenticated, UserBanned; never a 422, which SDKs take for signed out.
    """
    jwt = await exchange.engine.tokens.mint(
        exchange.instance,
        await _secret_hash(exchange),
        session_id,
        origin=exchange.origin,
        api_version=exchange.api_version,
    )
    exchange.headers += of_token(jwt, exchange.instance)
    return msgspec.json.encode(token(jwt))


async def _secret_hash(exchange: Exchange) -> bytes:
    """The hash of the client's secret. One plain cookie needs no look-up first: minting reads by it anyway."""
    secret = exchange.lone_secret()
    if secret is not None:
        return secret.stored_form()
    client = (await exchange.identified()).client
    if client is None:
        raise NotAuthenticated()
    return client.secret_hash


async def read_client(exchange: Exchange) -> bytes:
    """The whole client; nobody's is null, and nothing is stored for it (R-SES-13)."""
    secret = exchange.lone_secret()
    known = await exchange.engine.clients.view_by(exchange.instance, secret) if secret else None
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
