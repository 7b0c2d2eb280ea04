"""The allowlist and the blocklist, which limit sign-ups."""

import msgspec
from litestar import Response, delete, get, post
from litestar.params import FromPath

from sojourn.errors import FeatureOff
from sojourn.instances.access_lists import ListName
from sojourn.resources import deleted
from sojourn.resources.access_lists import listed_identifier
from sojourn.web.backend_api.context import Context, KeyContext
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import MAX_LIST, Limit, Paging

ALLOWED: ListName = "allowlist_identifier"
BLOCKED: ListName = "blocklist_identifier"


class AllowInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    identifier: str
    notify: bool | None = None


class BlockInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    identifier: str


class BlockPaging(Paging, kw_only=True):
    """Without a page the default is the maximum length of a list."""

    limit: Limit = MAX_LIST


@get("/v1/allowlist_identifiers", operation_id="ListAllowlistIdentifiers", opt=backend(query=Paging))
async def list_allowed(context: Context) -> Response[bytes]:
    query = context.query(Paging)
    rows = await context.engine.access_lists.list(context.instance, ALLOWED, query.page())
    shown = [listed_identifier(identifier, ALLOWED, context.instance) for identifier in rows]
    return context.listing(shown, await context.total(ALLOWED, query), query)


@post(
    "/v1/allowlist_identifiers", operation_id="CreateAllowlistIdentifier", status_code=200, opt=backend(json=AllowInput)
)
async def create_allowed(context: Context) -> Response[bytes]:
    given = await context.json_body(AllowInput)
    if given.notify:
        raise FeatureOff("Invitations are not available here.", param="notify")
    return await _add(context, ALLOWED, given.identifier)


@delete(
    "/v1/allowlist_identifiers/{identifier_id:str}",
    operation_id="DeleteAllowlistIdentifier",
    status_code=200,
    opt=backend(),
)
async def delete_allowed(context: Context, identifier_id: FromPath[str]) -> Response[bytes]:
    return await _remove(context, ALLOWED, identifier_id)


@get("/v1/blocklist_identifiers", operation_id="ListBlocklistIdentifiers", opt=backend(query=BlockPaging))
async def list_blocked(context: Context) -> Response[bytes]:
    """With its total, as published; a longer list is read page by page."""
    query = context.query(BlockPaging)
    rows = await context.engine.access_lists.list(context.instance, BLOCKED, query.page())
    shown = [listed_identifier(identifier, BLOCKED, context.instance) for identifier in rows]
    return context.json({"data": shown, "total_count": await context.engine.records.count(context.instance, BLOCKED)})


@post(
    "/v1/blocklist_identifiers", operation_id="CreateBlocklistIdentifier", status_code=200, opt=backend(json=BlockInput)
)
async def create_blocked(context: Context) -> Response[bytes]:
    return await _add(context, BLOCKED, (await context.json_body(BlockInput)).identifier)


@delete(
    "/v1/blocklist_identifiers/{identifier_id:str}",
    operation_id="DeleteBlocklistIdentifier",
    status_code=200,
    opt=backend(),
)
async def delete_blocked(context: Context, identifier_id: FromPath[str]) -> Response[bytes]:
    return await _remove(context, BLOCKED, identifier_id)


async def _add(context: KeyContext, name: ListName, identifier: str) -> Response[bytes]:
    added = await context.engine.access_lists.add(context.instance, name, identifier)
    return context.json(listed_identifier(added, name, context.instance))


async def _remove(context: KeyContext, name: ListName, id: str) -> Response[bytes]:
    removed = await context.engine.access_lists.delete(context.instance, name, id)
    return context.json(deleted(name, removed.id))


HANDLERS = [list_allowed, create_allowed, delete_allowed, list_blocked, create_blocked, delete_blocked]
