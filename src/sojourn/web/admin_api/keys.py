"""Secret keys, signing keys, what apps put into their environment, and the launch checklist. Every write needs a fresh factor."""

from typing import Annotated

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.console.roles import Permission
from sojourn.instances.app_variables import App, snippets
from sojourn.instances.secret_keys import Scope
from sojourn.launch.checklist import launch_checklist
from sojourn.web.admin_api.context import AdminContext, Context
from sojourn.web.admin_api.shapes.keys import (
    Checklist,
    EnvironmentSnippet,
    EnvironmentSnippets,
    MadeSecretKey,
    SecretKeyList,
    SigningKeyList,
    shown_check,
    shown_secret_key,
    shown_signing_key,
)
from sojourn.web.operation import admin
from sojourn.web.parsing.field_types import Millis, millis_instant


class NewSecretKey(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """A `read` key calls GET operations only."""

    scope: Scope = Scope.FULL


class PlannedRotation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The new key signs in ten minutes, or `at` a later time. In an `emergency` it signs at once, and every older key is dropped."""

    at: Millis | None = None
    emergency: bool = False


class SnippetQuery(msgspec.Struct, kw_only=True):
    """`own_pages`: the app has pages of its own at /sign-in and /sign-up. `sdk_major` is that of the Next.js SDK."""

    own_pages: bool = False
    sdk_major: Annotated[int, Meta(ge=4, le=7)] = 7


@get(
    "/v1/admin/secret_keys",
    operation_id="admin_list_secret_keys",
    opt=admin(Permission.KEYS_READ, gives=SecretKeyList),
)
async def list_secret_keys(context: Context) -> Response[bytes]:
    return await _secret_keys(context)


@post(
    "/v1/admin/secret_keys",
    operation_id="admin_create_secret_key",
    opt=admin(Permission.KEYS_WRITE, gives=MadeSecretKey, json=NewSecretKey, fresh=True),
)
async def create_secret_key(context: Context) -> Response[bytes]:
    given = await context.json_body(NewSecretKey)
    key, secret = await context.engine.instances.create_secret_key(context.instance, given.scope, actor=context.actor)
    return context.json(MadeSecretKey(key=shown_secret_key(key), secret_key=secret.reveal()), 201)


@delete(
    "/v1/admin/secret_keys/{key_id:str}",
    operation_id="admin_revoke_secret_key",
    status_code=200,
    opt=admin(Permission.KEYS_WRITE, gives=SecretKeyList, fresh=True),
)
async def revoke_secret_key(context: Context, key_id: FromPath[str]) -> Response[bytes]:
    await context.engine.instances.revoke_secret_key(context.instance, key_id, actor=context.actor)
    return await _secret_keys(context)


@get(
    "/v1/admin/signing_keys",
    operation_id="admin_list_signing_keys",
    opt=admin(Permission.KEYS_READ, gives=SigningKeyList),
)
async def list_signing_keys(context: Context) -> Response[bytes]:
    return await _signing_keys(context)


@post(
    "/v1/admin/signing_keys/rotate",
    operation_id="admin_rotate_signing_key",
    status_code=200,
    opt=admin(Permission.KEYS_WRITE, gives=SigningKeyList, json=PlannedRotation, fresh=True),
)
async def rotate_signing_key(context: Context) -> Response[bytes]:
    given = await context.json_body(PlannedRotation)
    await context.engine.key_store.rotate(
        context.instance, emergency=given.emergency, at=millis_instant(given.at), actor=context.actor
    )
    return await _signing_keys(context)


@post(
    "/v1/admin/signing_keys/cancel_rotation",
    operation_id="admin_cancel_rotation",
    status_code=200,
    opt=admin(Permission.KEYS_WRITE, gives=SigningKeyList, fresh=True),
)
async def cancel_rotation(context: Context) -> Response[bytes]:
    await context.no_body()
    await context.engine.key_store.cancel_rotation(context.instance, actor=context.actor)
    return await _signing_keys(context)


@get(
    "/v1/admin/environment_snippets",
    operation_id="admin_list_environment_snippets",
    opt=admin(Permission.KEYS_READ, gives=EnvironmentSnippets, query=SnippetQuery),
)
async def list_snippets(context: Context) -> Response[bytes]:
    query = context.query(SnippetQuery)
    instance = context.instance
    app = App(
        instance.public_url,
        instance.publishable_key,
        jwt_key=await context.engine.key_store.one_line_key(instance),
        has_own_pages=query.own_pages,
    )
    found = snippets(app, query.sdk_major)
    shown = [
        EnvironmentSnippet(sdk=each.sdk, lines=each.lines, secret_variable=each.secret_variable, hint=each.hint)
        for each in found
    ]
    return context.json(EnvironmentSnippets(data=shown))


@get("/v1/admin/checklist", operation_id="admin_read_checklist", opt=admin(Permission.KEYS_READ, gives=Checklist))
async def read_checklist(context: Context) -> Response[bytes]:
    checks = await launch_checklist(context.engine, context.instance)
    return context.json(Checklist(data=[shown_check(check) for check in checks]))


async def _secret_keys(context: AdminContext) -> Response[bytes]:
    keys = await context.engine.instances.list_secret_keys(context.instance)
    return context.json(SecretKeyList(data=[shown_secret_key(key) for key in keys]))


async def _signing_keys(context: AdminContext) -> Response[bytes]:
    store, instance = context.engine.key_store, context.instance
    return context.json(
        SigningKeyList(
            data=[shown_signing_key(each) for each in await store.coverage(instance)],
            jwks_url=f"{instance.public_url}/.well-known/jwks.json",
            jwks=await store.jwks(instance),
        )
    )


HANDLERS = (
    list_secret_keys,
    create_secret_key,
    revoke_secret_key,
    list_signing_keys,
    rotate_signing_key,
    cancel_rotation,
    list_snippets,
    read_checklist,
)
