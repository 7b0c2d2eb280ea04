"""Sign-ins: create, prepare, attempt, and the new password after a reset code."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from sojourn.sessions.caller import Caller, Issued
from sojourn.sign_ins.attempt import Proof, SignInInput
from sojourn.sign_ins.sign_in import SignIn
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend
from sojourn.web.parsing.forms import required

_PrepareFactor = Callable[[Caller, str, str, str | None], Awaitable[tuple[SignIn, Issued]]]


class CreateForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None
    identifier: str | None = None
    password: str | None = None
    ticket: str | None = None


class PrepareSignInForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None
    email_address_id: str | None = None
    phone_number_id: str | None = None

    @property
    def identifier_id(self) -> str | None:
        return self.email_address_id or self.phone_number_id


class AttemptSecondFactorForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None
    code: str | None = None

    def proof(self) -> Proof:
        """Raises: FieldMissing without a strategy."""
        return Proof(strategy=required(self.strategy, "strategy"), code=self.code)


class AttemptSignInForm(AttemptSecondFactorForm, kw_only=True):
    password: str | None = None

    def proof(self) -> Proof:
        """Raises: FieldMissing without a strategy."""
        return replace(super().proof(), password=self.password)


class NewPasswordForm(msgspec.Struct, kw_only=True):
    password: str | None = None
    sign_out_of_other_sessions: bool = True


@post(
    "/v1/client/sign_ins",
    operation_id="createSignIn",
    status_code=200,
    opt=frontend(limit="create_sign_in", form=CreateForm),
)
async def create(context: Context) -> Response[bytes]:
    form = await context.form(CreateForm)
    given = SignInInput(strategy=form.strategy, identifier=form.identifier, password=form.password, ticket=form.ticket)
    return await _answer(context, *await context.engine.sign_ins.create(await context.caller(), given))


@get("/v1/client/sign_ins/{sign_in_id:str}", operation_id="getSignIn", opt=frontend(limit=None))
async def read(context: Context, sign_in_id: FromPath[str]) -> Response[bytes]:
    sign_in = await context.engine.sign_ins.get(await context.caller(), sign_in_id)
    return await _answer(context, sign_in, None)


@post(
    "/v1/client/sign_ins/{sign_in_id:str}/prepare_first_factor",
    operation_id="prepareSignInFactorOne",
    status_code=200,
    opt=frontend(limit="codes", form=PrepareSignInForm),
)
async def prepare_first_factor(context: Context, sign_in_id: FromPath[str]) -> Response[bytes]:
    return await _prepare(context, sign_in_id, context.engine.sign_ins.prepare_first_factor)


@post(
    "/v1/client/sign_ins/{sign_in_id:str}/attempt_first_factor",
    operation_id="attemptSignInFactorOne",
    status_code=200,
    opt=frontend(limit="attempts", form=AttemptSignInForm),
)
async def attempt_first_factor(context: Context, sign_in_id: FromPath[str]) -> Response[bytes]:
    proof = (await context.form(AttemptSignInForm)).proof()
    caller = await context.caller()
    return await _answer(context, *await context.engine.sign_ins.attempt_first_factor(caller, sign_in_id, proof))


@post(
    "/v1/client/sign_ins/{sign_in_id:str}/prepare_second_factor",
    operation_id="prepareSignInFactorTwo",
    status_code=200,
    opt=frontend(limit="codes", form=PrepareSignInForm),
)
async def prepare_second_factor(context: Context, sign_in_id: FromPath[str]) -> Response[bytes]:
    return await _prepare(context, sign_in_id, context.engine.sign_ins.prepare_second_factor)


@post(
    "/v1/client/sign_ins/{sign_in_id:str}/attempt_second_factor",
    operation_id="attemptSignInFactorTwo",
    status_code=200,
    opt=frontend(limit="attempts", form=AttemptSecondFactorForm),
)
async def attempt_second_factor(context: Context, sign_in_id: FromPath[str]) -> Response[bytes]:
    proof = (await context.form(AttemptSecondFactorForm)).proof()
    caller = await context.caller()
    return await _answer(context, *await context.engine.sign_ins.attempt_second_factor(caller, sign_in_id, proof))


@post(
    "/v1/client/sign_ins/{sign_in_id:str}/reset_password",
    operation_id="resetPassword",
    status_code=200,
    opt=frontend(limit="attempts", form=NewPasswordForm),
)
async def reset_password(context: Context, sign_in_id: FromPath[str]) -> Response[bytes]:
    form = await context.form(NewPasswordForm)
    return await _answer(
        context,
        *await context.engine.sign_ins.reset_password(
            await context.caller(), sign_in_id, form.password, sign_out_others=form.sign_out_of_other_sessions
        ),
    )


async def _prepare(context: ClientContext, sign_in_id: str, prepare: _PrepareFactor) -> Response[bytes]:
    form = await context.form(PrepareSignInForm)
    strategy = required(form.strategy, "strategy")
    return await _answer(context, *await prepare(await context.caller(), sign_in_id, strategy, form.identifier_id))


async def _answer(context: ClientContext, sign_in: SignIn, issued: Issued | None) -> Response[bytes]:
    facts = await context.engine.sign_ins.facts(context.instance, sign_in)
    shown = context.sign_in(facts)
    return await context.enveloped(shown, issued, sign_in=shown, user=facts.user)


HANDLERS = [
    create,
    read,
    prepare_first_factor,
    attempt_first_factor,
    prepare_second_factor,
    attempt_second_factor,
    reset_password,
]
