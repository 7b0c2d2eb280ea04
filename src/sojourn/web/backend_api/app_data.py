"""What apps beside the server keep for their visitors; no published document has it."""

import msgspec
from litestar import Response, get, post, put
from litestar.params import FromPath

from sojourn.errors import Json
from sojourn.resources import Resource
from sojourn.web.backend_api.call import CurrentCall, json
from sojourn.web.backend_api.reading import JsonObject


class Kept(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The whole of it; nothing is kept of empty data."""

    data: JsonObject


class Adoption(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    anonymous: str


@get("/v1/sojourn/app_data/{key:str}", operation_id="ReadAppData")
async def read(call: CurrentCall, key: FromPath[str]) -> Response[bytes]:
    return json(_shown(key, await call.engine.app_data.read(call.instance, key)))


@put("/v1/sojourn/app_data/{key:str}", operation_id="WriteAppData", opt={"json": Kept})
async def write(call: CurrentCall, key: FromPath[str]) -> Response[bytes]:
    given = await call.body(Kept)
    await call.engine.app_data.write(call.instance, key, given.data)
    return json(_shown(key, given.data or None))


@post("/v1/sojourn/app_data/{key:str}/adopt", operation_id="AdoptAppData", status_code=200, opt={"json": Adoption})
async def adopt(call: CurrentCall, key: FromPath[str]) -> Response[bytes]:
    given = await call.body(Adoption)
    return json(_shown(key, await call.engine.app_data.adopt(call.instance, given.anonymous, key)))


def _shown(key: str, data: dict[str, Json] | None) -> Resource:
    """`data` is null where nothing is kept."""
    return {"object": "app_data", "key": key, "data": data}


HANDLERS = [read, write, adopt]
