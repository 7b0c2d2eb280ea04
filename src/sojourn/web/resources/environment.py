"""The environment: what an instance offers, so that components show nothing that is off."""

from sojourn.instances.instance import Instance
from sojourn.instances.settings import Settings, Use
from sojourn.web.resources import Resource

PASSWORD_LONGEST = 256
_SPECIAL = "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~"
_USERNAME_LENGTHS = (4, 64)


def environment(instance: Instance, origin: str | None, *, strict: bool) -> Resource:
    """`origin` is the page that asks: in development its address stands in for paths nobody has set.

    `strict` is whether enumeration protection is on. No fields beyond the published ones.
    """
    settings = instance.settings
    return {
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


def _auth_config(instance: Instance) -> Resource:
    rules = instance.settings.sign_up
    usernames = rules.username != "off"
    return {
        "object": "auth_config",
        "id": "aac_" + instance.id.removeprefix("ins_"),
        "first_name": _on(rules.first_name),
        "last_name": _on(rules.last_name),
        "email_address": "required",
        "phone_number": "off",
        "username": _on(rules.username),
        "password": _on(rules.password),
        "identification_requirements": [["email_address"], ["username"] if rules.username == "required" else []],
        "identification_strategies": ["email_address", "username"] if usernames else ["email_address"],
        "first_factors": ["email_code"] if rules.password == "off" else ["email_code", "password"],
        "second_factors": [],
        "email_address_verification_strategies": ["email_code"],
        "single_session_mode": instance.settings.sessions.single_session_mode,
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


def _on(use: Use) -> str:
    return "on" if use == "optional" else use


def page_urls(instance: Instance, origin: str | None) -> dict[str, str]:
    """Where browsers are sent: the owner's settings, else the instance's own pages, which every app has.

    In development home, and what follows a sign-in or sign-out, is the asking app.
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
    logo = settings.theme.logo_url
    return {
        "object": "display_config",
        "id": "display_config_" + instance.id.removeprefix("ins_"),
        "instance_environment_type": instance.environment.value,
        "application_name": settings.application_name,
        "theme": _theme(settings),
        "preferred_sign_in_strategy": "otp" if settings.sign_up.password == "off" else "password",
        **page_urls(instance, origin),
        "logo_image_url": logo,
        "favicon_image_url": "",
        "logo_url": logo or None,
        "favicon_url": None,
        "logo_image": None,
        "favicon_image": None,
        "support_email": settings.support_email,
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
    theme = settings.theme
    text = "#f4f4f4" if theme.dark else "#151515"
    return {
        "general": {
            "color": theme.color,
            "background_color": theme.background_color,
            "font_family": theme.font_family,
            "font_color": text,
            "label_font_weight": "600",
            "padding": "1em",
            "border_radius": theme.border_radius,
            "box_shadow": "0 2px 8px rgba(0,0,0,.2)",
        },
        "buttons": {"font_color": "#ffffff", "font_family": theme.font_family, "font_weight": "600"},
        "accounts": {"background_color": theme.page_color},
    }


def _user_settings(settings: Settings, *, strict: bool) -> Resource:
    protection = settings.protection
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
            "mode": settings.sign_up.mode,
            "legal_consent_enabled": False,
        },
        "restrictions": {
            "allowlist": {"enabled": protection.allowlist},
            "blocklist": {"enabled": protection.blocklist},
            "allowlist_blocklist_disabled_on_sign_in": {"enabled": False},
            "block_email_subaddresses": {"enabled": protection.block_email_subaddresses},
            "block_disposable_email_domains": {"enabled": False},
        },
        "password_settings": _password_settings(settings),
        "username_settings": {
            "min_length": _USERNAME_LENGTHS[0],
            "max_length": _USERNAME_LENGTHS[1],
            "allow_extended_special_characters": False,
            "allow_numeric_usernames": False,
        },
        "actions": {
            "delete_self": settings.delete_self,
            "create_organization": False,
            "create_organizations_limit": None,
        },
        "attack_protection": {
            "user_lockout": {
                "enabled": True,
                "max_attempts": protection.lockout_tries,
                "duration_in_minutes": protection.lockout_seconds // 60,
            },
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


def _password_settings(settings: Settings) -> Resource:
    return {
        "disable_hibp": True,
        "disable_password_reverification": True,
        "min_length": settings.protection.password_min_length,
        "max_length": PASSWORD_LONGEST,
        "require_special_char": False,
        "require_numbers": False,
        "require_uppercase": False,
        "require_lowercase": False,
        "show_zxcvbn": True,  # or components call every password of the right length a good one, also one just refused
        "min_zxcvbn_strength": 1,
        "enforce_hibp_on_sign_in": False,
        "allowed_special_characters": _SPECIAL,
    }


def _attributes(settings: Settings) -> Resource:
    rules = settings.sign_up
    off = _attribute("off")
    email = _attribute("required") | {
        "used_for_first_factor": True,
        "first_factors": ["email_code"],
        "verifications": ["email_code"],
        "verify_at_sign_up": rules.verify_email,
    }
    return {
        "email_address": email,
        "phone_number": off,
        "username": _attribute(rules.username) | {"used_for_first_factor": rules.username != "off"},
        "web3_wallet": off,
        "first_name": _attribute(rules.first_name),
        "last_name": _attribute(rules.last_name),
        "password": _attribute(rules.password),
        "authenticator_app": off,
        "ticket": _attribute("optional"),
        "backup_code": off,
        "passkey": off,
    }


def _attribute(use: Use) -> Resource:
    return {
        "enabled": use != "off",
        "required": use == "required",
        "used_for_first_factor": False,
        "first_factors": [],
        "used_for_second_factor": False,
        "second_factors": [],
        "verifications": [],
        "verify_at_sign_up": False,
        "immutable": False,
    }
