"""Extensions of the published API: every setting of the instance, session data, key rotation. All below `/v1/sojourn/`."""

import msgspec
from litestar import Response, get, patch, post
from litestar.params import FromPath

from sojourn.errors import Json
from sojourn.ids import SessionId
from sojourn.instances.instance import Instance
from sojourn.instances.setting import groups
from sojourn.instances.settings import Settings
from sojourn.resources import Resource
from sojourn.sessions.session import Session
from sojourn.users.metadata import checked_metadata
from sojourn.web.backend_api.context import ACTOR, Context
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import JsonObject

SettingsPatch = msgspec.defstruct(
    "SettingsPatch",
    [
        (field.name, (JsonObject if field.name in groups(Settings) else field.type) | None, None)
        for field in msgspec.structs.fields(Settings)
    ],
    kw_only=True,
    forbid_unknown_fields=True,
)
"""Any part of the settings, in the structure of the whole; omitted settings are kept."""


class DataPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Each given kind is replaced as a whole; omitted kinds are kept."""

    public: JsonObject | None = None
    private: JsonObject | None = None


class Rotation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """In an emergency the old keys are removed at once, so tokens signed by them become invalid."""

    emergency: bool = False


@get("/v1/sojourn/settings", operation_id="ReadSettings", opt=backend())
async def read_settings(context: Context) -> Response[bytes]:
    return context.json(_settings(context.instance))


@patch("/v1/sojourn/settings", operation_id="UpdateSettings", opt=backend(json=SettingsPatch))
async def update_settings(context: Context) -> Response[bytes]:
    given = await context.json_body(SettingsPatch)
    patched: dict[str, Json] = {
        name: value for name, value in msgspec.structs.asdict(given).items() if value is not None
    }
    changed = await context.engine.instances.update_settings(context.instance, patched, actor=ACTOR)
    return context.json(_settings(changed))


@get("/v1/sojourn/sessions/{session_id:str}/data", operation_id="ReadSessionData", opt=backend())
async def read_data(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    return context.json(_data(await context.engine.sessions.get(context.instance, SessionId(session_id))))


@patch("/v1/sojourn/sessions/{session_id:str}/data", operation_id="UpdateSessionData", opt=backend(json=DataPatch))
async def update_data(context: Context, session_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(DataPatch)
    saved = await context.engine.sessions.set_data(
        context.instance,
        SessionId(session_id),
        public=None if given.public is None else checked_metadata(given.public, "public"),
        private=None if given.private is None else checked_metadata(given.private, "private"),
    )
    return context.json(_data(saved))


@post("/v1/sojourn/keys/rotate", operation_id="RotateSigningKey", status_code=200, opt=backend(json=Rotation))
async def rotate(context: Context) -> Response[bytes]:
    given = await context.json_body(Rotation)
    key = await context.engine.key_store.rotate(context.instance, emergency=given.emergency, actor=ACTOR)
    return context.json(
        {
            "object": "signing_key",
            "kid": key.kid,
            "algorithm": key.algorithm.value,
            "active_from": key.active_from.millis,
            "created_at": key.created_at.millis,
        }
    )


def _settings(instance: Instance) -> Resource:
    own = {"object": "settings", "instance_id": instance.id, "public_url": instance.public_url,
           "publishable_key": instance.publishable_key}  # fmt: skip
    return {**own, **msgspec.to_builtins(instance.settings)}


def _data(session: Session) -> Resource:
    return {
        "object": "session_data",
        "session_id": session.id,
        "public": session.public_data,
        "private": session.private_data,
        "updated_at": session.updated_at.millis,
    }


HANDLERS = [read_settings, update_settings, read_data, update_data, rotate]
