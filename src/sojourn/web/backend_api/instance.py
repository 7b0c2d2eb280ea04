"""The instance and the settings that the published document names; `extensions.py` has all settings."""

import msgspec
from litestar import Response, get, patch

from sojourn.errors import FeatureOff, Json, ValueNotBuilt
from sojourn.instances.instance import Instance
from sojourn.resources import instances
from sojourn.web.backend_api.context import ACTOR, Context, KeyContext
from sojourn.web.operation import backend

_PREFERRED = "preferred_sign_in_strategy_when_password_required"


class InstancePatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    test_mode: bool | None = None
    hibp: bool | None = None
    support_email: str | None = None
    clerk_js_version: str | None = None
    development_origin: str | None = None
    allowed_origins: list[str] | None = None
    cookieless_dev: bool | None = None
    url_based_session_syncing: bool | None = None
    preferred_sign_in_strategy_when_password_required: str | None = None


class RestrictionsPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    allowlist: bool | None = None
    blocklist: bool | None = None
    allowlist_blocklist_disabled_on_sign_in: bool | None = None
    block_email_subaddresses: bool | None = None
    block_disposable_email_domains: bool | None = None


class AuthPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    restricted_to_allowlist: bool | None = None
    from_email_address: str | None = None
    progressive_sign_up: bool | None = None
    test_mode: bool | None = None


class OrganizationPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    enabled: bool | None = None
    max_allowed_memberships: int | None = None
    admin_delete_enabled: bool | None = None
    domains_enabled: bool | None = None
    slug_disabled: bool | None = None
    domains_enrollment_modes: list[str] | None = None
    creator_role_id: str | None = None
    domains_default_role_id: str | None = None


class ProtectPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    rules_enabled: bool | None = None
    specter_enabled: bool | None = None


class CommunicationPatch(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    blocked_country_codes: list[str] | None = None


@get("/v1/instance", operation_id="GetInstance", opt=backend())
async def read(context: Context) -> Response[bytes]:
    return context.json(instances.instance_resource(context.instance))


@patch("/v1/instance", operation_id="UpdateInstance", status_code=204, opt=backend(json=InstancePatch))
async def update(context: Context) -> None:
    given = await context.json_body(InstancePatch)
    _refuse_off(
        hibp=given.hibp,
        clerk_js_version=given.clerk_js_version,
        development_origin=given.development_origin,
        cookieless_dev=given.cookieless_dev,
        url_based_session_syncing=given.url_based_session_syncing,
    )
    preferred = given.preferred_sign_in_strategy_when_password_required
    if preferred not in (None, "", "password"):  # the components' first choice if a password is required
        raise ValueNotBuilt("A required password is asked for first here", param=_PREFERRED)
    origins: Json = None if given.allowed_origins is None else [*given.allowed_origins]
    await save(context, test_mode=given.test_mode, support_email=given.support_email, allowed_origins=origins)


@patch("/v1/instance/restrictions", operation_id="UpdateInstanceRestrictions", opt=backend(json=RestrictionsPatch))
async def update_restrictions(context: Context) -> Response[bytes]:
    given = await context.json_body(RestrictionsPatch)
    _refuse_off(
        allowlist_blocklist_disabled_on_sign_in=given.allowlist_blocklist_disabled_on_sign_in,
        block_disposable_email_domains=given.block_disposable_email_domains,
    )
    changed = await _save_protection(
        context,
        allowlist=given.allowlist,
        blocklist=given.blocklist,
        block_email_subaddresses=given.block_email_subaddresses,
    )
    return context.json(instances.restrictions(changed))


@patch("/v1/beta_features/instance_settings", operation_id="UpdateInstanceAuthConfig", opt=backend(json=AuthPatch))
async def update_auth(context: Context) -> Response[bytes]:
    given = await context.json_body(AuthPatch)
    if given.progressive_sign_up is False:
        raise FeatureOff("Sign-up is progressive here.", param="progressive_sign_up")
    _refuse_off(from_email_address=given.from_email_address)
    await save(context, test_mode=given.test_mode)
    return context.json(
        instances.instance_settings(await _save_protection(context, allowlist=given.restricted_to_allowlist))
    )


@get("/v1/instance/organization_settings", operation_id="GetInstanceOrganizationSettings", opt=backend())
async def read_organizations(context: Context) -> Response[bytes]:
    return context.json(instances.organization_settings())


@patch("/v1/instance/organization_settings", operation_id="UpdateInstanceOrganizationSettings",
       opt=backend(json=OrganizationPatch))  # fmt: skip
async def update_organizations(context: Context) -> Response[bytes]:
    given = await context.json_body(OrganizationPatch)
    _refuse_off(enabled=given.enabled, domains_enabled=given.domains_enabled)
    if given.domains_enrollment_modes:
        raise ValueNotBuilt("Enrollment by domain is not available", param="domains_enrollment_modes")
    return context.json(instances.organization_settings())


@get("/v1/instance/protect", operation_id="GetInstanceProtect", opt=backend())
async def read_protect(context: Context) -> Response[bytes]:
    return context.json(instances.protect())


@patch("/v1/instance/protect", operation_id="UpdateInstanceProtect", opt=backend(json=ProtectPatch))
async def update_protect(context: Context) -> Response[bytes]:
    given = await context.json_body(ProtectPatch)
    _refuse_off(rules_enabled=given.rules_enabled, specter_enabled=given.specter_enabled)
    return context.json(instances.protect())


@get("/v1/instance/communication", operation_id="GetInstanceCommunication", opt=backend())
async def read_communication(context: Context) -> Response[bytes]:
    return context.json(instances.communication())


@patch("/v1/instance/communication", operation_id="UpdateInstanceCommunication", opt=backend(json=CommunicationPatch))
async def update_communication(context: Context) -> Response[bytes]:
    given = await context.json_body(CommunicationPatch)
    _refuse_off(blocked_country_codes=given.blocked_country_codes)
    return context.json(instances.communication())


@get("/v1/domains", operation_id="ListDomains", opt=backend())
async def list_domains(context: Context) -> Response[bytes]:
    return context.json({"data": [instances.domain(context.instance)], "total_count": 1})


async def save(context: KeyContext, **settings: Json) -> Instance:
    """Write the settings that are not None. Raises: FieldError, Conflict."""
    patched = {name: value for name, value in settings.items() if value is not None}
    return (
        await context.engine.instances.update_settings(context.instance, patched, actor=ACTOR)
        if patched
        else context.instance
    )


async def _save_protection(context: KeyContext, **settings: Json) -> Instance:
    protection: Json = {name: value for name, value in settings.items() if value is not None}
    return await save(context, protection=protection or None)


def _refuse_off(**wanted: object) -> None:
    for param, value in wanted.items():
        if value:
            raise FeatureOff(f"{param} is not supported here.", param=param)


HANDLERS = [
    read,
    update,
    update_restrictions,
    update_auth,
    read_organizations,
    update_organizations,
    read_protect,
    update_protect,
    read_communication,
    update_communication,
    list_domains,
]
