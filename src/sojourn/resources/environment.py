"""The environment: the features of an instance, so that components hide those that are off. A setting shown unchanged
names its place in its declaration in `instances/settings.py`. Values derived from several settings, or from none, are
here. Each factor adds its own part.
"""

from collections.abc import Mapping, Sequence
from typing import cast

from sojourn.errors import Json
from sojourn.instances.instance import Instance
from sojourn.instances.setting import tree
from sojourn.instances.settings import Settings
from sojourn.resources import Resource
from sojourn.users.identifiers import USERNAME_LENGTHS


def environment(
    instance: Instance, origin: str | None, *, strict: bool, parts: Sequence[Mapping[str, Json]] = ()
) -> Resource:
    """`origin` is the origin of the requesting page: in development it replaces paths that are not set.

    `strict` is whether enumeration protection is on, and `parts` are what factors add. No fields beyond the published ones.
    """
    settings = instance.settings
    shown: Resource = {
        "auth_config": _auth_config(instance),
        "display_config": _display_config(instance, origin),
        "user_settings": _user_settings(settings, strict=strict),
        "organization_settings": {
            "enabled": False,
            "max_allowed_memberships": 5,
            "actions": {"admin_delete": False},
            "domains": {"enabled": False, "enrollment_modes": [], "default_role": "org:member"},
            "slug": {"disabled": True},
            "creator_role": "org:admin",
        },
        "fraud_settings": {"object": "fraud_settings", "native": {"device_attestation_mode": "disabled"}},
        "commerce_settings": {
            "billing": {
                "stripe_publishable_key": None,
                "free_trial_requires_payment_method": False,
                "user": {"enabled": False, "has_paid_plans": False},
                "organization": {"enabled": False, "has_paid_plans": False},
            }
        },
        "api_keys_settings": {"enabled": False, "user_api_keys_enabled": False, "orgs_api_keys_enabled": False},
        "protect_config": {"loaders": []},
        "client_debug_mode": False,
        "partitioned_cookies": False,
        "maintenance_mode": False,
    }
    for part in parts:
        _merge(shown, part)
    for setting in tree(Settings):
        for place, shown_as in setting.about.shown.items():
            _put(shown, place, shown_as(setting.of(settings)))
    return shown


def _merge(shown: Resource, part: Mapping[str, Json]) -> None:
    """Objects are merged, lists joined without repeats, and other values set."""
    for name, value in part.items():
        before = shown.get(name)
        if isinstance(before, dict) and isinstance(value, dict):
            _merge(cast(Resource, before), value)
        elif isinstance(before, list) and isinstance(value, list):
            shown[name] = [*before, *(item for item in value if item not in before)]
        else:
            shown[name] = value


def _put(shown: Resource, place: str, value: Json) -> None:
    name, dot, rest = place.partition(".")
    if dot:
        _put(cast(Resource, shown[name]), rest, value)
    else:
        shown[name] = value


def _auth_config(instance: Instance) -> Resource:
    rules = instance.settings.sign_up
    usernames = rules.username != "off"
    return {
        "object": "auth_config",
        "id": "aac_" + instance.id.removeprefix("ins_"),
        "email_address": "required",
        "phone_number": "off",
        "identification_requirements": [["email_address"], ["username"] if rules.username == "required" else []],
        "identification_strategies": ["email_address", "username"] if usernames else ["email_address"],
        "first_factors": [],
        "second_factors": [],
        "email_address_verification_strategies": [],
        "enhanced_email_deliverability": False,
        "test_mode": instance.is_development and instance.settings.test_mode,
        "cookieless_dev": False,
        "url_based_session_syncing": True,
        "claimed_at": None,
        "reverification": False,
        "native_settings": {
            "object": "native_settings",
            "api_enabled": True,
            "trusted_device_sign_in_enabled": False,
            "trusted_device_enrollment_prompt_after_sign_in_enabled": False,
            "trusted_device_enrollment_prompt_after_sign_up_enabled": False,
        },
    }


def page_urls(instance: Instance, origin: str | None) -> dict[str, str]:
    """Redirect targets: the owner's settings, or else the instance's hosted pages. In development the home page and the
    pages after sign-in and sign-out are the requesting app's.
    """
    paths = instance.settings.paths
    base = instance.public_url
    home = paths.home_url or (origin if instance.is_development and origin else base)
    return {
        "home_url": home,
        "sign_in_url": paths.sign_in_url or f"{base}/sign-in",
        "sign_up_url": paths.sign_up_url or f"{base}/sign-up",
        "user_profile_url": paths.user_profile_url or f"{base}/user",
        "after_sign_in_url": paths.after_sign_in_url or home,
        "after_sign_up_url": paths.after_sign_up_url or home,
        "after_sign_out_one_url": paths.after_sign_out_url or home,
        "after_sign_out_all_url": paths.after_sign_out_url or home,
        "after_switch_session_url": home,
        "waitlist_url": f"{base}/waitlist",
        "oauth_consent_url": f"{base}/oauth-consent",
        "after_join_waitlist_url": home,
        "organization_profile_url": f"{base}/organization",
        "create_organization_url": f"{base}/create-organization",
        "after_leave_organization_url": home,
        "after_create_organization_url": home,
        "logo_link_url": home,
    }


def _display_config(instance: Instance, origin: str | None) -> Resource:
    settings = instance.settings
    return {
        "object": "display_config",
        "id": "display_config_" + instance.id.removeprefix("ins_"),
        "instance_environment_type": instance.environment.value,
        "theme": _theme(settings),
        "preferred_sign_in_strategy": "otp" if settings.sign_up.password == "off" else "password",
        **page_urls(instance, origin),
        "favicon_image_url": "",
        "favicon_url": None,
        "logo_image": None,
        "favicon_image": None,
        "branded": False,
        "experimental_force_oauth_first": False,
        "clerk_js_version": None,
        "show_devmode_warning": False,
        "google_one_tap_client_id": None,
        "help_url": None,
        "privacy_policy_url": "",
        "terms_url": "",
        "captcha_public_key": None,
        "captcha_widget_type": None,
        "captcha_public_key_invisible": None,
        "captcha_provider": None,
        "captcha_oauth_bypass": [],
        "captcha_heartbeat": False,
    }


def _theme(settings: Settings) -> Resource:
    text = "#f4f4f4" if settings.theme.dark else "#151515"
    return {
        "general": {
            "font_color": text,
            "label_font_weight": "600",
            "padding": "1em",
            "box_shadow": "0 2px 8px rgba(0,0,0,.2)",
        },
        "buttons": {"font_color": "#ffffff", "font_weight": "600"},
        "accounts": {},
    }


def _user_settings(settings: Settings, *, strict: bool) -> Resource:
    return {
        "attributes": _attributes(settings),
        "social": {},
        "saml": {"enabled": False},
        "enterprise_sso": {"enabled": False, "self_serve_sso": False},
        "sign_in": {"second_factor": {"required": False}},
        "sign_up": {
            "captcha_enabled": False,
            "captcha_widget_type": "smart",
            "custom_action_required": False,
            "progressive": True,
            "legal_consent_enabled": False,
        },
        "restrictions": {
            "allowlist": {},
            "blocklist": {},
            "allowlist_blocklist_disabled_on_sign_in": {"enabled": False},
            "block_email_subaddresses": {},
            "block_disposable_email_domains": {"enabled": False},
        },
        "password_settings": {},
        "username_settings": {
            "min_length": USERNAME_LENGTHS[0],
            "max_length": USERNAME_LENGTHS[1],
            "allow_extended_special_characters": False,
            "allow_numeric_usernames": False,
        },
        "actions": {
            "create_organization": False,
            "create_organizations_limit": None,
        },
        "attack_protection": {
            "user_lockout": {"enabled": True},
            "pii": {"enabled": True},
            "email_link": {"require_same_client": True},
            "enumeration_protection": {"enabled": strict},
        },
        "passkey_settings": {
            "allow_autofill": False,
            "show_sign_in_button": False,
            "satisfies_second_factor": False,
        },
    }


def _attributes(settings: Settings) -> Resource:
    return {
        "email_address": _attribute(enabled=True, required=True),
        "phone_number": _attribute(),
        "username": _attribute() | {"used_for_first_factor": settings.sign_up.username != "off"},
        "web3_wallet": _attribute(),
        "first_name": _attribute(),
        "last_name": _attribute(),
        "password": _attribute(),
        "authenticator_app": _attribute(),
        "ticket": _attribute(),
        "backup_code": _attribute(),
        "passkey": _attribute(),
    }


def _attribute(*, enabled: bool = False, required: bool = False) -> Resource:
    return {
        "enabled": enabled,
        "required": required,
        "used_for_first_factor": False,
        "first_factors": [],
        "used_for_second_factor": False,
        "second_factors": [],
        "verifications": [],
        "verify_at_sign_up": False,
        "immutable": False,
    }
