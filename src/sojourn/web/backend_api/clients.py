"""Clients of this instance, and the payload of handshake nonces."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.errors import FieldMissing, TokenRefused
from sojourn.resources import Resource
from sojourn.resources.clients import backend_client
from sojourn.secret import Secret
from sojourn.sessions.client import Client
from sojourn.web.backend_api.context import Context, KeyContext
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import Paging


class ClientProof(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    token: str


class NonceQuery(msgspec.Struct, kw_only=True):
    nonce: str | None = None


@get("/v1/clients", operation_id="GetClientList", opt=backend(query=Paging))
async def list_clients(context: Context) -> Response[bytes]:
    query = context.query(Paging)
    clients = await context.engine.clients.list(context.instance, query.page())
    total = await context.engine.clients.count(context.instance) if query.paginated else 0
    return context.listing([await _shown(context, client) for client in clients], total, query)


@get("/v1/clients/handshake_payload", operation_id="GetHandshakePayload", opt=backend(query=NonceQuery))
async def handshake_payload(context: Context) -> Response[bytes]:
    """The cookies of a handshake nonce, which works once (R-ID-05). Raises: NotFound for any other nonce."""
    nonce = context.query(NonceQuery).nonce
    if nonce is None:
        raise FieldMissing("nonce")
    return context.json({"directives": list(await context.engine.handshake_nonces.take(context.instance, nonce))})


@post("/v1/clients/verify", operation_id="VerifyClient", status_code=200, opt=backend(json=ClientProof))
async def verify_client(context: Context) -> Response[bytes]:
    """The client that holds `token`. Raises: TokenRefused."""
    given = await context.json_body(ClientProof)
    client = await context.engine.clients.find(context.instance, Secret(given.token))
    if client is None:
        raise TokenRefused("token-invalid", "No client holds this token.")
    return context.json(await _shown(context, client))


@get("/v1/clients/{client_id:str}", operation_id="GetClient", opt=backend())
async def read_client(context: Context, client_id: FromPath[str]) -> Response[bytes]:
    return context.json(await _shown(context, await context.engine.clients.get(context.instance, client_id)))


async def _shown(context: KeyContext, client: Client) -> Resource:
    return backend_client(await context.engine.clients.view_of_server(client), context.now)


HANDLERS = [list_clients, handshake_payload, verify_client, read_client]
