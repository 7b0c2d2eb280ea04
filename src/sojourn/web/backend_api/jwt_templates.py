"""JWT templates."""

from asyncio import to_thread
from typing import Annotated

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.params import FromPath
from msgspec import Meta

from sojourn.errors import FieldError, FieldMissing
from sojourn.instances.instance import Instance
from sojourn.instances.jwt_templates import JwtTemplate, NewJwtTemplate
from sojourn.resources import deleted
from sojourn.resources.jwt_templates import jwt_template
from sojourn.tokens.template_keys import TemplateKey
from sojourn.web.backend_api.context import Context
from sojourn.web.operation import backend
from sojourn.web.parsing.field_types import JsonObject, Paging


class TemplateInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`lifetime` and `allowed_clock_skew` in seconds. An update replaces the whole template, as published."""

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


@get("/v1/jwt_templates", operation_id="ListJWTTemplates", opt=backend(query=Paging))
async def list_templates(context: Context) -> Response[bytes]:
    query = context.query(Paging)
    rows = await context.engine.jwt_templates.list(context.instance, query.page())
    shown = [jwt_template(template, context.instance) for template in rows]
    return context.listing(shown, await context.total("jwt_template", query), query)


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


HANDLERS = [list_templates, create_template, read_template, update_template, delete_template]
