"""The public keys of session tokens, and tokens for test browsers."""

from datetime import timedelta

from litestar import Response, get, post

from sojourn.secret import Secret
from sojourn.web.backend_api.call import CurrentCall, json

_LIFE = timedelta(hours=1)


@get("/v1/jwks", operation_id="GetJWKS")
async def jwks(call: CurrentCall) -> Response[bytes]:
    return json(await call.engine.key_store.jwks(call.instance))


@post("/v1/testing_tokens", operation_id="CreateTestingToken", status_code=200)
async def testing_token(call: CurrentCall) -> Response[bytes]:
    """What test tools send with each request to pass for human. Nothing here asks for proof of that, so it opens nothing."""
    await call.no_body()
    expires = (call.now + _LIFE).seconds
    return json({"object": "testing_token", "token": Secret.random(f"{expires}-c_").reveal(), "expires_at": expires})


HANDLERS = [jwks, testing_token]
