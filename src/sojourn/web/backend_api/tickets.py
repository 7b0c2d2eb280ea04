"""Sign-in tokens and actor tokens: created here, used once by a browser."""

from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Response, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.errors import FeatureOff
from sojourn.resources.tickets import ticket_resource
from sojourn.sign_ins.ticket import TicketKind
from sojourn.sign_ins.tickets import ACTOR_LIFE, ACTOR_SESSION, SIGN_IN_LIFE
from sojourn.web.backend_api.context import Context
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import JsonObject

Seconds = Annotated[int, Meta(ge=1, le=2**31)]


class SignInTokenCreation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    user_id: str
    org_id: str | None = None
    expires_in_seconds: Seconds | None = None


class ActorTokenCreation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    user_id: str
    actor: JsonObject
    expires_in_seconds: Seconds | None = None
    session_max_duration_in_seconds: Seconds | None = None


@post("/v1/sign_in_tokens", operation_id="CreateSignInToken", status_code=200, opt=backend(json=SignInTokenCreation))
async def create_sign_in_token(context: Context) -> Response[bytes]:
    given = await context.json_body(SignInTokenCreation)
    if given.org_id is not None:
        raise FeatureOff("Organizations are not available here.", param="org_id")
    ticket, secret = await context.engine.tickets.create_sign_in_token(
        context.instance, given.user_id, expires_in=_length(given.expires_in_seconds, SIGN_IN_LIFE)
    )
    return context.json(ticket_resource(ticket, context.instance, secret))


@post(
    "/v1/sign_in_tokens/{sign_in_token_id:str}/revoke", operation_id="RevokeSignInToken", status_code=200, opt=backend()
)
async def revoke_sign_in_token(context: Context, sign_in_token_id: FromPath[str]) -> Response[bytes]:
    revoked = await context.engine.tickets.revoke(context.instance, TicketKind.SIGN_IN, sign_in_token_id)
    return context.json(ticket_resource(revoked, context.instance))


@post("/v1/actor_tokens", operation_id="CreateActorToken", status_code=200, opt=backend(json=ActorTokenCreation))
async def create_actor_token(context: Context) -> Response[bytes]:
    given = await context.json_body(ActorTokenCreation)
    ticket, secret = await context.engine.tickets.create_actor_token(
        context.instance,
        given.user_id,
        given.actor,
        expires_in=_length(given.expires_in_seconds, ACTOR_LIFE),
        session_max=_length(given.session_max_duration_in_seconds, ACTOR_SESSION),
    )
    return context.json(ticket_resource(ticket, context.instance, secret))


@post("/v1/actor_tokens/{actor_token_id:str}/revoke", operation_id="RevokeActorToken", status_code=200, opt=backend())
async def revoke_actor_token(context: Context, actor_token_id: FromPath[str]) -> Response[bytes]:
    revoked = await context.engine.tickets.revoke(context.instance, TicketKind.ACTOR, actor_token_id)
    return context.json(ticket_resource(revoked, context.instance))


def _length(seconds: int | None, otherwise: timedelta) -> timedelta:
    return otherwise if seconds is None else timedelta(seconds=seconds)


HANDLERS = [create_sign_in_token, revoke_sign_in_token, create_actor_token, revoke_actor_token]
