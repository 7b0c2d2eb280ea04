"""The public keys of session tokens, and tokens for test browsers."""

from datetime import timedelta

from litestar import Response, get, post

from sojourn.secret import Secret
from sojourn.web.backend_api.context import Context
from sojourn.web.operation import backend

_LIFE = timedelta(hours=1)


@get("/v1/jwks", operation_id="GetJWKS", opt=backend())
async def jwks(context: Context) -> Response[bytes]:
    return context.json(await context.engine.key_store.jwks(context.instance))


@post("/v1/testing_tokens", operation_id="CreateTestingToken", status_code=200, opt=backend())
async def testing_token(context: Context) -> Response[bytes]:
    """The testing token that test tools send to bypass bot detection. Sojourn has no bot detection, so it grants nothing."""
    await context.no_body()
    expires = (context.now + _LIFE).seconds
    return context.json(
        {"object": "testing_token", "token": Secret.random(f"{expires}-c_").reveal(), "expires_at": expires}
    )


HANDLERS = [jwks, testing_token]
