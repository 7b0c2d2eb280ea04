"""JWT templates, redirect URLs, the allowlist and the blocklist."""

from asyncio import to_thread
from typing import Annotated

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.errors import FeatureOff, FieldError, FieldMissing
from sojourn.instances.access_lists import ListName
from sojourn.instances.instance import Instance
from sojourn.instances.jwt_templates import JwtTemplate, NewJwtTemplate
from sojourn.resources import deleted
from sojourn.resources.records import jwt_template, listed_identifier, redirect_url
from sojourn.store.interface import RecordKind
from sojourn.tokens.template_keys import TemplateKey
from sojourn.web.backend_api.context import Context, KeyContext
from sojourn.web.operation import backend
from sojourn.web.reading.field_types import MAX_LIST, JsonObject, Limit, Paging

ALLOWED: ListName = "allowlist_identifier"
BLOCKED: ListName = "blocklist_identifier"


class TemplateInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`lifetime` and `allowed_clock_skew` in seconds. A change replaces the template whole, as published."""

    name: str
    claims: JsonObject
    lifetime: Annotated[int, Meta(ge=30, le=315_360_000)] | None = None
    allowed_clock_skew: Annotated[int, Meta(ge=0, le=300)] | None = None
    custom_signing_key: bool | None = None
    signing_algorithm: str | None = None
    signing_key: str | None = None

    def new(self, instance: Instance, before: JwtTemplate | None = None) -> NewJwtTemplate:
        """Omitted fields keep their value of `before`. Parses a private key, so call it outside the event loop.

        Raises: FieldMissing, FieldError.
        """
        lifetime, skew = (before.lifetime, before.allowed_clock_skew) if before else (60, 5)
        return NewJwtTemplate(
            name=self.name,
            claims=self.claims,
            lifetime=lifetime if self.lifetime is None else self.lifetime,
            allowed_clock_skew=skew if self.allowed_clock_skew is None else self.allowed_clock_skew,
            signing=self._signing(instance, before.signing if before else None),
        )

    def _signing(self, instance: Instance, before: TemplateKey | None) -> TemplateKey | None:
        """The owner's own key. An update may omit an existing key, because responses never contain it."""
        wanted = before is not None if self.custom_signing_key is None else self.custom_signing_key
        if not wanted:
            if self.signing_key:
                raise FieldError("signing_key is used only with custom_signing_key true.", param="signing_key")
            if self.signing_algorithm not in (None, "", instance.settings.sessions.token_algorithm):
                raise FieldError(
                    "Another signing_algorithm needs a key: set custom_signing_key and signing_key.",
                    param="signing_algorithm",
                )
            return None
        if not self.signing_key:
            if before is not None and self.signing_algorithm in (None, "", before.algorithm):
                return before
            raise FieldMissing("signing_key")
        if not self.signing_algorithm:
            raise FieldMissing("signing_algorithm")
        return TemplateKey.read(self.signing_algorithm, self.signing_key)


class UrlInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    url: str


class AllowInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    identifier: str
    notify: bool | None = None


class BlockInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    identifier: str


class BlockPaging(Paging, kw_only=True):
    """Callers that name no page get as much of it as a list may hold."""

    limit: Limit = MAX_LIST


async def _total(context: KeyContext, kind: RecordKind, paging: Paging) -> int:
    return await context.engine.records.count(context.instance, kind) if paging.paginated else 0


# -- JWT templates


@get("/v1/jwt_templates", operation_id="ListJWTTemplates", opt=backend(query=Paging))
async def list_templates(context: Context) -> Response[bytes]:
    query = context.query(Paging)
    rows = await context.engine.jwt_templates.list(context.instance, query.page())
    shown = [jwt_template(template, context.instance) for template in rows]
    return context.listing(shown, await _total(context, "jwt_template", query), query)


@post("/v1/jwt_templates", operation_id="CreateJWTTemplate", status_code=200, opt=backend(json=TemplateInput))
async def create_template(context: Context) -> Response[bytes]:
    given = await context.json_body(TemplateInput)
    new = await to_thread(given.new, context.instance)
    return context.json(
        jwt_template(await context.engine.jwt_templates.create(context.instance, new), context.instance)
    )


@get("/v1/jwt_templates/{template_id:str}", operation_id="GetJWTTemplate", opt=backend())
async def read_template(context: Context, template_id: FromPath[str]) -> Response[bytes]:
    return context.json(
        jwt_template(await context.engine.jwt_templates.get(context.instance, template_id), context.instance)
    )


@patch("/v1/jwt_templates/{template_id:str}", operation_id="UpdateJWTTemplate", opt=backend(json=TemplateInput))
async def update_template(context: Context, template_id: FromPath[str]) -> Response[bytes]:
    given = await context.json_body(TemplateInput)
    before = await context.engine.jwt_templates.get(context.instance, template_id)
    new = await to_thread(given.new, context.instance, before)
    after = await context.engine.jwt_templates.update(context.instance, template_id, new)
    return context.json(jwt_template(after, context.instance))


@delete("/v1/jwt_templates/{template_id:str}", operation_id="DeleteJWTTemplate", status_code=200, opt=backend())
async def delete_template(context: Context, template_id: FromPath[str]) -> Response[bytes]:
    removed = await context.engine.jwt_templates.delete(context.instance, template_id)
    return context.json(deleted("jwt_template", removed.id))


# -- redirect URLs


@get("/v1/redirect_urls", operation_id="ListRedirectURLs", opt=backend(query=Paging))
async def list_urls(context: Context) -> Response[bytes]:
    query = context.query(Paging)
    shown = [redirect_url(url) for url in await context.engine.redirect_urls.list(context.instance, query.page())]
    return context.listing(shown, await _total(context, "redirect_url", query), query)


@post("/v1/redirect_urls", operation_id="CreateRedirectURL", status_code=200, opt=backend(json=UrlInput))
async def create_url(context: Context) -> Response[bytes]:
    given = await context.json_body(UrlInput)
    return context.json(redirect_url(await context.engine.redirect_urls.add(context.instance, given.url)))


@get("/v1/redirect_urls/{url_id:str}", operation_id="GetRedirectURL", opt=backend())
async def read_url(context: Context, url_id: FromPath[str]) -> Response[bytes]:
    return context.json(redirect_url(await context.engine.redirect_urls.get(context.instance, url_id)))


@delete("/v1/redirect_urls/{url_id:str}", operation_id="DeleteRedirectURL", status_code=200, opt=backend())
async def delete_url(context: Context, url_id: FromPath[str]) -> Response[bytes]:
    removed = await context.engine.redirect_urls.delete(context.instance, url_id)
    return context.json(deleted("redirect_url", removed.id))


# -- who may sign up


@get("/v1/allowlist_identifiers", operation_id="ListAllowlistIdentifiers", opt=backend(query=Paging))
async def list_allowed(context: Context) -> Response[bytes]:
    query = context.query(Paging)
    rows = await context.engine.access_lists.list(context.instance, ALLOWED, query.page())
    shown = [listed_identifier(identifier, ALLOWED, context.instance) for identifier in rows]
    return context.listing(shown, await _total(context, ALLOWED, query), query)


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
    """With its total, as published; a list longer than its limit is read page by page."""
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


HANDLERS = [
    list_templates,
    create_template,
    read_template,
    update_template,
    delete_template,
    list_urls,
    create_url,
    read_url,
    delete_url,
    list_allowed,
    create_allowed,
    delete_allowed,
    list_blocked,
    create_blocked,
    delete_blocked,
]
