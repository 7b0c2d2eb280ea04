"""Clients: the browsers of this instance, and what a handshake left for one."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.errors import FieldMissing, NotFound, TokenRefused
from sojourn.ids import ClientId, well_formed
from sojourn.resources import Resource
from sojourn.resources.clients import backend_client
from sojourn.secret import Secret
from sojourn.sessions.client import Client
from sojourn.web.backend_api.call import Call, CurrentCall, json, listing
from sojourn.web.backend_api.reading import Paging


class ClientProof(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    token: str


class NonceQuery(msgspec.Struct, kw_only=True):
    nonce: str | None = None


@get("/v1/clients", operation_id="GetClientList", opt={"query": Paging})
async def list_clients(call: CurrentCall) -> Response[bytes]:
    query = call.query(Paging)
    clients = await call.engine.store.clients.list(call.instance.id, query.page())
    total = await call.engine.store.clients.count(call.instance.id) if query.paginated else 0
    return listing([await _shown(call, each) for each in clients], total, query)


@get("/v1/clients/handshake_payload", operation_id="GetHandshakePayload", opt={"query": NonceQuery})
async def handshake_payload(call: CurrentCall) -> Response[bytes]:
    """The cookies that a nonce stands for, once (R-ID-05). Raises: NotFound for any other nonce."""
    nonce = call.query(NonceQuery).nonce
    if nonce is None:
        raise FieldMissing("nonce")
    hashed = Secret(nonce).stored_form()
    lines = await call.engine.store.tickets.take_nonce(call.instance.id, hashed, call.now)
    if lines is None:
        raise NotFound("This nonce is not known, has been used or has expired.")
    return json({"directives": list(lines)})


@post("/v1/clients/verify", operation_id="VerifyClient", status_code=200, opt={"json": ClientProof})
async def verify_client(call: CurrentCall) -> Response[bytes]:
    """The client that holds `token`. Raises: TokenRefused."""
    given = await call.body(ClientProof)
    client = await call.engine.clients.find(call.instance, Secret(given.token))
    if client is None:
        raise TokenRefused("token-invalid", "No client holds this token.")
    return json(await _shown(call, client))


@get("/v1/clients/{client_id:str}", operation_id="GetClient")
async def read_client(call: CurrentCall, client_id: FromPath[str]) -> Response[bytes]:
    id = ClientId(client_id)
    client = await call.engine.store.clients.find(call.instance.id, id) if well_formed(client_id) else None
    if client is None:
        raise NotFound("No client with that id exists here.")
    return json(await _shown(call, client))


async def _shown(call: Call, client: Client) -> Resource:
    return backend_client(await call.engine.clients.view_of_server(client), call.now)


HANDLERS = [list_clients, handshake_payload, verify_client, read_client]
