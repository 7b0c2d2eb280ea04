"""App data of visitors, for apps with a remote server; an extension of the published API."""

import msgspec
from litestar import Response, get, post, put
from litestar.params import FromPath

from sojourn.errors import Json
from sojourn.resources import Resource
from sojourn.web.backend_api.context import Context
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import JsonObject


class Kept(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Replaces the stored data; empty data deletes it."""

    data: JsonObject


class Adoption(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    anonymous: str


@get("/v1/sojourn/app_data/{key:str}", operation_id="ReadAppData", opt=backend())
async def read(context: Context, key: FromPath[str]) -> Response[bytes]:
    return context.json(_shown(key, await context.engine.app_data.read(context.instance, key)))


@put("/v1/sojourn/app_data/{key:str}", operation_id="WriteAppData", opt=backend(json=Kept))
async def write(context: Context, key: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(Kept)
    await context.engine.app_data.write(context.instance, key, given.data)
    return context.json(_shown(key, given.data or None))


@post("/v1/sojourn/app_data/{key:str}/adopt", operation_id="AdoptAppData", status_code=200, opt=backend(json=Adoption))
async def adopt(context: Context, key: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(Adoption)
    return context.json(_shown(key, await context.engine.app_data.adopt(context.instance, given.anonymous, key)))


def _shown(key: str, data: dict[str, Json] | None) -> Resource:
    """`data` is null if nothing is stored."""
    return {"object": "app_data", "key": key, "data": data}


HANDLERS = [read, write, adopt]
