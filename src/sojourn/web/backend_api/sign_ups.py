"""Sign-ups under way: a server looks at one, and sets what the browser cannot."""

import msgspec
from litestar import Response, get, patch
from litestar.params import FromPath
from msgspec import UNSET, UnsetType

from sojourn.resources.sign_ups import backend_sign_up
from sojourn.sign_ups.sign_up import SignUp
from sojourn.web.backend_api.call import Call, CurrentCall, json
from sojourn.web.backend_api.reading import given


class SignUpPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    external_id: str | None | UnsetType = UNSET
    custom_action: bool | None = None


@get("/v1/sign_ups/{sign_up_id:str}", operation_id="GetSignUp")
async def read(call: CurrentCall, sign_up_id: FromPath[str]) -> Response[bytes]:
    return await _answer(call, await call.engine.sign_ups.find(call.instance, sign_up_id))


@patch("/v1/sign_ups/{sign_up_id:str}", operation_id="UpdateSignUp", opt={"json": SignUpPatch})
async def update(call: CurrentCall, sign_up_id: FromPath[str]) -> Response[bytes]:
    patched = await call.body(SignUpPatch)
    annotated = await call.engine.sign_ups.annotate(
        call.instance, sign_up_id, external_id=patched.external_id, custom_action=given(patched.custom_action)
    )
    return await _answer(call, annotated)


async def _answer(call: Call, sign_up: SignUp) -> Response[bytes]:
    facts = await call.engine.sign_ups.facts(call.instance, sign_up)
    return json(backend_sign_up(sign_up, call.instance, facts.verification, call.now))


HANDLERS = [read, update]
