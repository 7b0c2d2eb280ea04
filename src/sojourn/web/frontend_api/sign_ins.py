"""Sign-ins: create, prepare, attempt, and the new password after a reset code."""

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.errors import FieldMissing
from sojourn.factors.strategy import RESET_CODE
from sojourn.resources.sign_ins import sign_in as sign_in_resource
from sojourn.sessions.caller import Issued
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignIn
from sojourn.web.access import frontend
from sojourn.web.request_context import CurrentExchange, RequestContext

_RESET_OF_CREATE = "reset_password_code"
"""What the published document calls a reset by e-mail at the create; every other operation says `reset_password_email_code`."""


class CreateForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None
    identifier: str | None = None
    password: str | None = None
    ticket: str | None = None


class PrepareForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None
    email_address_id: str | None = None


class AttemptForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None
    password: str | None = None
    code: str | None = None


class NewPasswordForm(msgspec.Struct, kw_only=True):
    password: str | None = None
    sign_out_of_other_sessions: bool = True


@post(
    "/v1/client/sign_ins",
    operation_id="createSignIn",
    status_code=200,
    opt={"form": CreateForm, **frontend(limit="create_sign_in", hashes=True)},
)
async def create(exchange: CurrentExchange) -> Response[bytes]:
    form = await exchange.form(CreateForm)
    strategy = RESET_CODE if form.strategy == _RESET_OF_CREATE else form.strategy
    given = SignInInput(strategy=strategy, identifier=form.identifier, password=form.password, ticket=form.ticket)
    return await _answer(exchange, *await exchange.engine.sign_ins.create(await exchange.caller(), given))


@get("/v1/client/sign_ins/{sign_in_id:str}", operation_id="getSignIn", opt=frontend(limit=None))
async def read(exchange: CurrentExchange, sign_in_id: FromPath[str]) -> Response[bytes]:
    sign_in = await exchange.engine.sign_ins.get(await exchange.caller(), sign_in_id)
    return await _answer(exchange, sign_in, None)


@post(
    "/v1/client/sign_ins/{sign_in_id:str}/prepare_first_factor",
    operation_id="prepareSignInFactorOne",
    status_code=200,
    opt={"form": PrepareForm, **frontend(limit="codes")},
)
async def prepare_first_factor(exchange: CurrentExchange, sign_in_id: FromPath[str]) -> Response[bytes]:
    form = await exchange.form(PrepareForm)
    if form.strategy is None:
        raise FieldMissing("strategy")
    return await _answer(
        exchange,
        *await exchange.engine.sign_ins.prepare_first_factor(
            await exchange.caller(), sign_in_id, form.strategy, form.email_address_id
        ),
    )


@post(
    "/v1/client/sign_ins/{sign_in_id:str}/attempt_first_factor",
    operation_id="attemptSignInFactorOne",
    status_code=200,
    opt={"form": AttemptForm, **frontend(limit="attempts", hashes=True)},
)
async def attempt_first_factor(exchange: CurrentExchange, sign_in_id: FromPath[str]) -> Response[bytes]:
    form = await exchange.form(AttemptForm)
    if form.strategy is None:
        raise FieldMissing("strategy")
    proof = Proof(strategy=form.strategy, password=form.password, code=form.code)
    caller = await exchange.caller()
    return await _answer(exchange, *await exchange.engine.sign_ins.attempt_first_factor(caller, sign_in_id, proof))


@post(
    "/v1/client/sign_ins/{sign_in_id:str}/reset_password",
    operation_id="resetPassword",
    status_code=200,
    opt={"form": NewPasswordForm, **frontend(limit="attempts", hashes=True)},
)
async def reset_password(exchange: CurrentExchange, sign_in_id: FromPath[str]) -> Response[bytes]:
    form = await exchange.form(NewPasswordForm)
    return await _answer(
        exchange,
        *await exchange.engine.sign_ins.reset_password(
            await exchange.caller(), sign_in_id, form.password, sign_out_others=form.sign_out_of_other_sessions
        ),
    )


async def _answer(exchange: RequestContext, sign_in: SignIn, issued: Issued | None) -> Response[bytes]:
    facts = await exchange.engine.sign_ins.facts(exchange.instance, sign_in)
    shown = sign_in_resource(
        sign_in,
        exchange.instance,
        exchange.now,
        user=facts.user,
        current=facts.verification,
        factors=facts.factors,
    )
    return await exchange.enveloped(shown, issued, sign_in=shown, user=facts.user)


HANDLERS = [create, read, prepare_first_factor, attempt_first_factor, reset_password]
