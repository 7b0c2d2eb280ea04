"""The shortcodes of custom claims, each with a sentence that says what it yields (wire protocol section 8.4)."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortcode:
    """`path` is written `{{path}}`. `is_open`: the value is an object of the owner's, and any path below it is allowed."""

    path: str
    says: str
    is_open: bool = False


_NO_ORGANIZATIONS = "Always null: this server has no organizations."

SHORTCODES = (
    Shortcode("user.id", "The user's id, `user_…`; the same as the claim `sub`."),
    Shortcode("user.external_id", "The id that your own system gave the user, or null."),
    Shortcode("user.first_name", "The first name, or null."),
    Shortcode("user.last_name", "The last name, or null."),
    Shortcode("user.full_name", "First and last name with a space between, or null."),
    Shortcode("user.username", "The user name, or null."),
    Shortcode("user.image_url", "The address of the user's picture, or of one that is made from the initials."),
    Shortcode("user.has_image", "True if the user uploaded a picture."),
    Shortcode("user.primary_email_address", "The primary e-mail address, or null."),
    Shortcode("user.primary_phone_number", "The primary phone number, or null."),
    Shortcode("user.primary_web3_wallet", "Always null: this server has no wallets."),
    Shortcode("user.email_verified", "True if the primary e-mail address is proven."),
    Shortcode("user.phone_number_verified", "True if the primary phone number is proven."),
    Shortcode("user.created_at", "The time of the sign-up, in milliseconds."),
    Shortcode("user.updated_at", "The time of the last change of the user, in milliseconds."),
    Shortcode("user.last_sign_in_at", "The time of the last sign-in, in milliseconds, or null."),
    Shortcode("user.two_factor_enabled", "True if the user has a second factor."),
    Shortcode("user.public_metadata", "Public metadata, which your server writes; name a path below it to keep the token small.", is_open=True),
    Shortcode("user.unsafe_metadata", "Unsafe metadata, which the user can write: never decide access by it.", is_open=True),
    Shortcode("user.organizations", _NO_ORGANIZATIONS, is_open=True),
    Shortcode("session.id", "The session's id, `sess_…`; the same as the claim `sid`."),
    Shortcode("session.actor", "Who impersonates the user in this session, or null.", is_open=True),
    Shortcode("session.public_data", "Public data of the session, which your server writes.", is_open=True),
    Shortcode("org.id", _NO_ORGANIZATIONS),
    Shortcode("org.name", _NO_ORGANIZATIONS),
    Shortcode("org.slug", _NO_ORGANIZATIONS),
    Shortcode("org.role", _NO_ORGANIZATIONS),
    Shortcode("org.image_url", _NO_ORGANIZATIONS),
    Shortcode("org.has_image", _NO_ORGANIZATIONS),
    Shortcode("org.public_metadata", _NO_ORGANIZATIONS, is_open=True),
    Shortcode("org_membership.public_metadata", _NO_ORGANIZATIONS, is_open=True),
    Shortcode("org_membership.permissions", _NO_ORGANIZATIONS),
    Shortcode("time.now", "The time at which the token is minted, in seconds."),
)  # fmt: skip


def _by_root() -> Mapping[str, frozenset[str]]:
    roots = {code.path.partition(".")[0] for code in SHORTCODES}
    return {
        root: frozenset(code.path.partition(".")[2] for code in SHORTCODES if code.path.startswith(f"{root}."))
        for root in sorted(roots)
    }


KNOWN: Mapping[str, frozenset[str]] = _by_root()
"""Root -> the names below it."""

OPEN = frozenset(code.path.partition(".")[2] for code in SHORTCODES if code.is_open)
"""Names of free-form objects; any path below them is allowed."""
