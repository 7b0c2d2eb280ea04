"""Sign-ups: create, fill in, verify."""

import msgspec
from litestar import Response, get, patch, post
from litestar.params import FromPath

from sojourn.resources.sign_ups import sign_up_resource
from sojourn.sessions.caller import Issued
from sojourn.sign_ups.attempt import SignUpInput
from sojourn.sign_ups.sign_up import SignUp
from sojourn.web.frontend_api.context import ClientContext, Context
from sojourn.web.operation import frontend
from sojourn.web.parsing.forms import json_object, required


class SignUpForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None
    email_address: str | None = None
    username: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    password: str | None = None
    unsafe_metadata: str | None = None
    locale: str | None = None

    def given(self) -> SignUpInput:
        """Raises: FieldError when the metadata is not a JSON object."""
        metadata = None if self.unsafe_metadata is None else json_object(self.unsafe_metadata, "unsafe_metadata")
        return SignUpInput(
            strategy=self.strategy,
            email_address=self.email_address,
            username=self.username,
            first_name=self.first_name,
            last_name=self.last_name,
            password=self.password,
            unsafe_metadata=metadata,
            locale=self.locale,
        )


class PrepareSignUpForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None


class AttemptSignUpForm(msgspec.Struct, kw_only=True):
    strategy: str | None = None
    code: str | None = None


@post(
    "/v1/client/sign_ups",
    operation_id="createSignUps",
    status_code=200,
    opt=frontend(limit="create_sign_up", form=SignUpForm),
)
async def create(context: Context) -> Response[bytes]:
    given = (await context.form(SignUpForm)).given()
    return await _answer(context, *await context.engine.sign_ups.create(await context.caller(), given))


@get("/v1/client/sign_ups/{sign_up_id:str}", operation_id="getSignUps", opt=frontend(limit=None))
async def read(context: Context, sign_up_id: FromPath[str]) -> Response[bytes]:
    return await _answer(context, await context.engine.sign_ups.get(await context.caller(), sign_up_id), None)


@patch(
    "/v1/client/sign_ups/{sign_up_id:str}",
    operation_id="updateSignUps",
    opt=frontend(limit="update_sign_up", form=SignUpForm),
)
async def update(context: Context, sign_up_id: FromPath[str]) -> Response[bytes]:
    given = (await context.form(SignUpForm)).given()
    return await _answer(context, *await context.engine.sign_ups.update(await context.caller(), sign_up_id, given))


@post(
    "/v1/client/sign_ups/{sign_up_id:str}/prepare_verification",
    operation_id="prepareSignUpsVerification",
    status_code=200,
    opt=frontend(limit="codes", form=PrepareSignUpForm),
)
async def prepare_verification(context: Context, sign_up_id: FromPath[str]) -> Response[bytes]:
    form = await context.form(PrepareSignUpForm)
    strategy, caller = required(form.strategy, "strategy"), await context.caller()
    return await _answer(context, *await context.engine.sign_ups.prepare_verification(caller, sign_up_id, strategy))


@post(
    "/v1/client/sign_ups/{sign_up_id:str}/attempt_verification",
    operation_id="attemptSignUpsVerification",
    status_code=200,
    opt=frontend(limit="attempts", form=AttemptSignUpForm),
)
async def attempt_verification(context: Context, sign_up_id: FromPath[str]) -> Response[bytes]:
    form = await context.form(AttemptSignUpForm)
    strategy, caller = required(form.strategy, "strategy"), await context.caller()
    return await _answer(
        context, *await context.engine.sign_ups.attempt_verification(caller, sign_up_id, strategy, form.code)
    )


async def _answer(context: ClientContext, sign_up: SignUp, issued: Issued | None) -> Response[bytes]:
    facts = await context.engine.sign_ups.facts(context.instance, sign_up)
    shown = sign_up_resource(sign_up, context.instance, facts.verification, facts.strategies, context.now)
    return await context.enveloped(shown, issued, sign_up=shown)


HANDLERS = [create, read, update, prepare_verification, attempt_verification]
