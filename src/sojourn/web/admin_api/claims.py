"""Custom claims of session tokens and JWT templates: completion, previews, and when live sessions have them."""

from asyncio import to_thread
from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.console.roles import Permission
from sojourn.errors import FieldError, Json
from sojourn.instances.instances import KNOWN_FOR
from sojourn.store.interface import Page
from sojourn.tokens.shortcodes import SHORTCODES
from sojourn.tokens.templates import RESERVED, RESERVED_IN_SESSIONS
from sojourn.web.admin_api.context import Context
from sojourn.web.admin_api.shapes.claims import (
    ClaimsPreview,
    ClaimsRollout,
    JwtTemplateList,
    ShortcodeList,
    ShownJwtTemplate,
    ShownShortcode,
    shown_preview,
    shown_rollout,
    shown_template,
    shown_templates,
)
from sojourn.web.backend_api.jwt_templates import TemplateInput
from sojourn.web.operation import admin
from sojourn.web.parsing.field_types import JsonObject

_SECOND = timedelta(seconds=1)


class PlannedClaims(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Claims of session tokens; with `template` those of a JWT template, of that lifetime in seconds, and with `template_id`
    compared with the stored one. `user_id` adds the preview of that user.
    """

    claims: JsonObject
    user_id: str | None = None
    template: bool = False
    template_id: str | None = None
    lifetime: Annotated[int, Meta(ge=30, le=315_360_000)] = 60


class JwtTemplateQuery(msgspec.Struct, kw_only=True):
    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    cursor: str | None = None


@get(
    "/v1/admin/claims/shortcodes",
    operation_id="admin_list_shortcodes",
    opt=admin(Permission.SETTINGS_READ, gives=ShortcodeList),
)
async def list_shortcodes(context: Context) -> Response[bytes]:
    codes = [ShownShortcode(path=each.path, says=each.says, is_open=each.is_open) for each in SHORTCODES]
    return context.json(
        ShortcodeList(data=codes, reserved=sorted(RESERVED_IN_SESSIONS), reserved_in_templates=sorted(RESERVED))
    )


@post(
    "/v1/admin/claims/preview",
    operation_id="admin_preview_claims",
    status_code=200,
    opt=admin(Permission.SETTINGS_WRITE, gives=ClaimsPreview, json=PlannedClaims),
)
async def preview_claims(context: Context) -> Response[bytes]:
    """Shows whatever of users the claims name, unmasked, so only those who may save the claims may see it."""
    given = await context.json_body(PlannedClaims)
    engine, instance = context.engine, context.instance
    if not given.template and given.template_id is None:
        preview = await engine.payloads.preview(instance, given.claims, user_id=given.user_id)
        life = instance.settings.sessions.token_life
    else:
        before: Mapping[str, Json] = {}
        if given.template_id is not None:
            before = (await engine.jwt_templates.get(instance, given.template_id)).claims
        life = timedelta(seconds=given.lifetime)
        preview = await engine.payloads.preview_template(
            instance, given.claims, before=before, lifetime=life, user_id=given.user_id
        )
    return context.json(shown_preview(preview, 1000 * ((KNOWN_FOR + life) // _SECOND)))


@get(
    "/v1/admin/claims/rollout",
    operation_id="admin_read_claims_rollout",
    opt=admin(Permission.SETTINGS_READ, gives=ClaimsRollout),
)
async def read_rollout(context: Context) -> Response[bytes]:
    return context.json(shown_rollout(await context.engine.payloads.rollout(context.instance), context.now.millis))


@get(
    "/v1/admin/jwt_templates",
    operation_id="admin_list_jwt_templates",
    opt=admin(Permission.SETTINGS_READ, gives=JwtTemplateList, query=JwtTemplateQuery),
)
async def list_templates(context: Context) -> Response[bytes]:
    query = context.query(JwtTemplateQuery)
    start = _position(query.cursor)
    rows = await context.engine.jwt_templates.list(context.instance, Page(query.limit + 1, start))
    following = str(start + query.limit) if len(rows) > query.limit else None
    return context.json(shown_templates(rows[: query.limit], context.instance, following))


@post(
    "/v1/admin/jwt_templates",
    operation_id="admin_create_jwt_template",
    opt=admin(Permission.SETTINGS_WRITE, gives=ShownJwtTemplate, json=TemplateInput),
)
async def create_template(context: Context) -> Response[bytes]:
    given = await context.json_body(TemplateInput)
    new = await to_thread(given.new, context.instance)
    made = await context.engine.jwt_templates.create(context.instance, new, actor=context.actor)
    return context.json(shown_template(made, context.instance), 201)


@get(
    "/v1/admin/jwt_templates/{template_id:str}",
    operation_id="admin_read_jwt_template",
    opt=admin(Permission.SETTINGS_READ, gives=ShownJwtTemplate),
)
async def read_template(context: Context, template_id: FromPath[str]) -> Response[bytes]:
    return context.json(
        shown_template(await context.engine.jwt_templates.get(context.instance, template_id), context.instance)
    )


@patch(
    "/v1/admin/jwt_templates/{template_id:str}",
    operation_id="admin_update_jwt_template",
    opt=admin(Permission.SETTINGS_WRITE, gives=ShownJwtTemplate, json=TemplateInput),
)
async def update_template(context: Context, template_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(TemplateInput)
    before = await context.engine.jwt_templates.get(context.instance, template_id)
    new = await to_thread(given.new, context.instance, before)
    after = await context.engine.jwt_templates.update(context.instance, template_id, new, actor=context.actor)
    return context.json(shown_template(after, context.instance))


@delete(
    "/v1/admin/jwt_templates/{template_id:str}",
    operation_id="admin_delete_jwt_template",
    status_code=200,
    opt=admin(Permission.SETTINGS_WRITE, gives=ShownJwtTemplate),
)
async def delete_template(context: Context, template_id: FromPath[str]) -> Response[bytes]:
    removed = await context.engine.jwt_templates.delete(context.instance, template_id, actor=context.actor)
    return context.json(shown_template(removed, context.instance))


def _position(cursor: str | None) -> int:
    if cursor is None:
        return 0
    if not cursor.isascii() or not cursor.isdecimal() or len(cursor) > 9:
        raise FieldError("cursor must be the next_cursor of the page before.", param="cursor")
    return int(cursor)


HANDLERS = (
    list_shortcodes,
    preview_claims,
    read_rollout,
    list_templates,
    create_template,
    read_template,
    update_template,
    delete_template,
)
