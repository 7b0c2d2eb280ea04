"""The instance as its owner sees it, and the objects of features that are off."""

from urllib.parse import urlsplit

from sojourn.instances.instance import Instance
from sojourn.resources import Resource


def instance_resource(instance: Instance) -> Resource:
    return {
        "object": "instance",
        "id": instance.id,
        "environment_type": instance.environment.value,
        "allowed_origins": instance.settings.allowed_origins,
        "workspace_id": None,
    }


def restrictions(instance: Instance) -> Resource:
    protection = instance.settings.protection
    return {
        "object": "instance_restrictions",
        "allowlist": protection.allowlist,
        "blocklist": protection.blocklist,
        "allowlist_blocklist_disabled_on_sign_in": False,
        "block_email_subaddresses": protection.block_email_subaddresses,
        "block_disposable_email_domains": False,
    }


def instance_settings(instance: Instance) -> Resource:
    return {
        "object": "instance_settings",
        "id": instance.id,
        "restricted_to_allowlist": instance.settings.protection.allowlist,
        "from_email_address": "",
        "progressive_sign_up": True,
        "enhanced_email_deliverability": False,
    }


def organization_settings() -> Resource:
    """Organizations are off; role names are included because strict clients require them."""
    return {
        "object": "organization_settings",
        "enabled": False,
        "max_allowed_memberships": 0,
        "max_allowed_roles": 0,
        "max_role_sets_allowed": 0,
        "max_allowed_domains": 0,
        "max_allowed_permissions": 0,
        "creator_role": "org:admin",
        "admin_delete_enabled": False,
        "domains_enabled": False,
        "slug_disabled": True,
        "domains_enrollment_modes": [],
        "domains_default_role": "org:member",
        "initial_role_set_key": None,
    }


def protect() -> Resource:
    return {"object": "instance_protect", "rules_enabled": False, "specter_enabled": False, "checks_bypassed": False}


def communication() -> Resource:
    """No text messages are sent, so no country needs to be blocked."""
    return {"object": "instance_communication", "blocked_country_codes": []}


def domain(instance: Instance) -> Resource:
    """The only domain of an instance: that of its public URL."""
    return {
        "object": "domain",
        "id": "dmn_" + instance.id.removeprefix("ins_"),
        "name": urlsplit(instance.public_url).netloc,
        "is_satellite": False,
        "frontend_api_url": instance.public_url,
        "accounts_portal_url": instance.public_url,
        "proxy_url": None,
        "development_origin": instance.public_url if instance.is_development else "",
        "cname_targets": None,
    }
