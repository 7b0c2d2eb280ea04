"""The two requests that every tab repeats, for its token and its client. They skip the router."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.errors import SessionEnded
from sojourn.resources import token
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.headers import of_token
from sojourn.web.operation import frontend

_NOBODY = b'{"response":null,"client":null}'


async def mint(context: ClientContext, session_id: str) -> bytes:
    """A fresh token for the session in the path. The body names an organization and a reason, both unused so far.
    Raises: SessionEnded, NotAuthenticated, UserBanned; never a 422, which SDKs treat as signed out.
    """
    try:
        jwt = await context.engine.tokens.mint(
            context.instance,
            await context.secret_hash(),
            session_id,
            origin=context.origin,
            api_version=context.api_version,
            seen=context.seen,
        )
    except SessionEnded:
        await context.identified(minting=True)  # detects a replaced secret (R-SES-08)
        raise
    context.headers += of_token(jwt, context.instance)
    return msgspec.json.encode(token(jwt))


async def read_client(context: ClientContext) -> bytes:
    """The whole client; null for an unknown one, for which no row is stored (R-SES-13)."""
    secret = context.lone_secret()
    known = await context.engine.clients.view_by(context.instance, secret.stored_form()) if secret else None
    if known is not None:
        view, shown = await context.shown(*known)
    else:
        view, shown = await context.client((await context.identified()).client)
    if shown is None:
        context.note_state(None)
        return _NOBODY
    context.note_state(view)
    encoded = msgspec.json.encode(shown)
    return b'{"response":%b,"client":%b}' % (encoded, encoded)


@post(
    "/v1/client/sessions/{session_id:str}/tokens",
    operation_id="createSessionToken",
    status_code=200,
    opt=frontend(limit=None, fast=mint),
)
async def create_token(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    return Response(await mint(context, session_id), media_type="application/json")


@get("/v1/client", operation_id="getClient", opt=frontend(limit=None, fast=read_client))
async def get_client(context: Context) -> Response[bytes]:
    return Response(await read_client(context), media_type="application/json")


HANDLERS = [create_token, get_client]
