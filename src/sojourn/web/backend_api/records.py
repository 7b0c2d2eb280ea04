"""What an owner lists: JWT templates, redirect URLs, the allow-list and the block-list."""

from asyncio import to_thread
from typing import Annotated

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.errors import FeatureOff, FieldError, FieldMissing
from sojourn.instances.instance import Instance
from sojourn.instances.records import JwtTemplate, ListName, NewJwtTemplate
from sojourn.resources import deleted
from sojourn.resources.records import jwt_template, listed_identifier, redirect_url
from sojourn.store.interface import RecordKind
from sojourn.tokens.template_keys import TemplateKey
from sojourn.web.backend_api.call import Call, CurrentCall, json, listing
from sojourn.web.backend_api.reading import LONGEST_LIST, JsonObject, Limit, Paging

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
        """What is left out stays as `before` had it. Reads a private key, so it is no work for the event loop.

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
        """The owner's own key. One that is there may stay unnamed: nobody who reads the template sees it."""
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

    limit: Limit = LONGEST_LIST


async def _total(call: Call, kind: RecordKind, paging: Paging) -> int:
    return await call.engine.records.count(call.instance, kind) if paging.paginated else 0


# -- JWT templates


@get("/v1/jwt_templates", operation_id="ListJWTTemplates", opt={"query": Paging})
async def list_templates(call: CurrentCall) -> Response[bytes]:
    query = call.query(Paging)
    rows = await call.engine.records.templates(call.instance, query.page())
    shown = [jwt_template(each, call.instance) for each in rows]
    return listing(shown, await _total(call, "jwt_template", query), query)


@post("/v1/jwt_templates", operation_id="CreateJWTTemplate", status_code=200, opt={"json": TemplateInput})
async def create_template(call: CurrentCall) -> Response[bytes]:
    given = await call.body(TemplateInput)
    new = await to_thread(given.new, call.instance)
    return json(jwt_template(await call.engine.records.create_template(call.instance, new), call.instance))


@get("/v1/jwt_templates/{template_id:str}", operation_id="GetJWTTemplate")
async def read_template(call: CurrentCall, template_id: FromPath[str]) -> Response[bytes]:
    return json(jwt_template(await call.engine.records.template(call.instance, template_id), call.instance))


@patch("/v1/jwt_templates/{template_id:str}", operation_id="UpdateJWTTemplate", opt={"json": TemplateInput})
async def update_template(call: CurrentCall, template_id: FromPath[str]) -> Response[bytes]:
    given = await call.body(TemplateInput)
    before = await call.engine.records.template(call.instance, template_id)
    new = await to_thread(given.new, call.instance, before)
    after = await call.engine.records.update_template(call.instance, template_id, new)
    return json(jwt_template(after, call.instance))


@delete("/v1/jwt_templates/{template_id:str}", operation_id="DeleteJWTTemplate", status_code=200)
async def delete_template(call: CurrentCall, template_id: FromPath[str]) -> Response[bytes]:
    removed = await call.engine.records.delete_template(call.instance, template_id)
    return json(deleted("jwt_template", removed.id))


# -- redirect URLs


@get("/v1/redirect_urls", operation_id="ListRedirectURLs", opt={"query": Paging})
async def list_urls(call: CurrentCall) -> Response[bytes]:
    query = call.query(Paging)
    shown = [redirect_url(each) for each in await call.engine.records.redirect_urls(call.instance, query.page())]
    return listing(shown, await _total(call, "redirect_url", query), query)


@post("/v1/redirect_urls", operation_id="CreateRedirectURL", status_code=200, opt={"json": UrlInput})
async def create_url(call: CurrentCall) -> Response[bytes]:
    given = await call.body(UrlInput)
    return json(redirect_url(await call.engine.records.add_redirect_url(call.instance, given.url)))


@get("/v1/redirect_urls/{url_id:str}", operation_id="GetRedirectURL")
async def read_url(call: CurrentCall, url_id: FromPath[str]) -> Response[bytes]:
    return json(redirect_url(await call.engine.records.redirect_url(call.instance, url_id)))


@delete("/v1/redirect_urls/{url_id:str}", operation_id="DeleteRedirectURL", status_code=200)
async def delete_url(call: CurrentCall, url_id: FromPath[str]) -> Response[bytes]:
    removed = await call.engine.records.delete_redirect_url(call.instance, url_id)
    return json(deleted("redirect_url", removed.id))


# -- who may sign up


@get("/v1/allowlist_identifiers", operation_id="ListAllowlistIdentifiers", opt={"query": Paging})
async def list_allowed(call: CurrentCall) -> Response[bytes]:
    query = call.query(Paging)
    rows = await call.engine.records.listed(call.instance, ALLOWED, query.page())
    shown = [listed_identifier(each, ALLOWED, call.instance) for each in rows]
    return listing(shown, await _total(call, ALLOWED, query), query)


@post("/v1/allowlist_identifiers", operation_id="CreateAllowlistIdentifier", status_code=200, opt={"json": AllowInput})
async def create_allowed(call: CurrentCall) -> Response[bytes]:
    given = await call.body(AllowInput)
    if given.notify:
        raise FeatureOff("Invitations are not available here.", param="notify")
    return await _add(call, ALLOWED, given.identifier)


@delete("/v1/allowlist_identifiers/{identifier_id:str}", operation_id="DeleteAllowlistIdentifier", status_code=200)
async def delete_allowed(call: CurrentCall, identifier_id: FromPath[str]) -> Response[bytes]:
    return await _remove(call, ALLOWED, identifier_id)


@get("/v1/blocklist_identifiers", operation_id="ListBlocklistIdentifiers", opt={"query": BlockPaging})
async def list_blocked(call: CurrentCall) -> Response[bytes]:
    """With its total, as published; a list longer than its limit is read page by page."""
    query = call.query(BlockPaging)
    rows = await call.engine.records.listed(call.instance, BLOCKED, query.page())
    shown = [listed_identifier(each, BLOCKED, call.instance) for each in rows]
    return json({"data": shown, "total_count": await call.engine.records.count(call.instance, BLOCKED)})


@post("/v1/blocklist_identifiers", operation_id="CreateBlocklistIdentifier", status_code=200, opt={"json": BlockInput})
async def create_blocked(call: CurrentCall) -> Response[bytes]:
    return await _add(call, BLOCKED, (await call.body(BlockInput)).identifier)


@delete("/v1/blocklist_identifiers/{identifier_id:str}", operation_id="DeleteBlocklistIdentifier", status_code=200)
async def delete_blocked(call: CurrentCall, identifier_id: FromPath[str]) -> Response[bytes]:
    return await _remove(call, BLOCKED, identifier_id)


async def _add(call: Call, name: ListName, identifier: str) -> Response[bytes]:
    added = await call.engine.records.add_listed(call.instance, name, identifier)
    return json(listed_identifier(added, name, call.instance))


async def _remove(call: Call, name: ListName, id: str) -> Response[bytes]:
    removed = await call.engine.records.delete_listed(call.instance, name, id)
    return json(deleted(name, removed.id))


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
