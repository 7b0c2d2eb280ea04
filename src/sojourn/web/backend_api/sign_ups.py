"""Sign-up attempts: a server can read one, and set fields that the browser cannot."""

import msgspec
from litestar import Response, get, patch
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from sojourn.resources.sign_ups import backend_sign_up
from sojourn.sign_ups.sign_up import SignUp
from sojourn.web.backend_api.context import Context, KeyContext
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import given


class SignUpPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    external_id: str | None | UnsetType = UNSET
    custom_action: bool | None = None


@get("/v1/sign_ups/{sign_up_id:str}", operation_id="GetSignUp", opt=backend())
async def read(context: Context, sign_up_id: FromPath[str]) -> Response[bytes]:
    return await _answer(context, await context.engine.sign_ups.find(context.instance, sign_up_id))


@patch("/v1/sign_ups/{sign_up_id:str}", operation_id="UpdateSignUp", opt=backend(json=SignUpPatch))
async def update(context: Context, sign_up_id: FromPath[str]) -> Response[bytes]:
    patched = await context.json_body(SignUpPatch)
    annotated = await context.engine.sign_ups.annotate(
        context.instance, sign_up_id, external_id=patched.external_id, custom_action=given(patched.custom_action)
    )
    return await _answer(context, annotated)


async def _answer(context: KeyContext, sign_up: SignUp) -> Response[bytes]:
    facts = await context.engine.sign_ups.facts(context.instance, sign_up)
    return context.json(backend_sign_up(sign_up, context.instance, facts.verification, facts.strategies, context.now))


HANDLERS = [read, update]
