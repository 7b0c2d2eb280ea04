"""Settings of an instance: what its owner can change while it runs. Process configuration is in `sojourn/config.py`.

Each is declared once, with its bounds, its effect and its place in the environment; see `setting.py` for what is made
of that. Lengths of time are stored as whole seconds or milliseconds in fields named accordingly, because settings are
JSON; properties return them as `timedelta`. A stored field that this release does not know belongs to another release:
it is ignored, and kept when the settings are saved (R-CFG-01). So a new setting is a new field, and no field ever
changes its type; `settings_input.py` refuses unknown names of input.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import urlsplit

import msgspec

from sojourn.errors import FieldError, Json
from sojourn.instances.setting import About, Form, Shown, tree
from sojourn.instances.theme_values import Color, Fonts, Length, WebAddress
from sojourn.origin import origin_of

Use = Literal["off", "optional", "required"]
DAY = 86400
LARGEST_CLAIMS = 2048
LEAST_PASSWORD = 8
"""Characters. No setting allows shorter ones (R-PWD-06)."""
_MAX_HITS = 10_000_000

if TYPE_CHECKING:
    Claims = dict[str, Json]
else:
    Claims = dict[str, object]  # msgspec cannot decode a recursive alias; its decoded JSON is `Json` anyway


def _at(*places: str, how: Shown = lambda value: value) -> dict[str, Shown]:
    return dict.fromkeys(places, how)


def _use_of(name: str) -> dict[str, Shown]:
    attribute = f"user_settings.attributes.{name}"
    return {
        f"auth_config.{name}": lambda use: "on" if use == "optional" else use,
        f"{attribute}.enabled": lambda use: use != "off",
        f"{attribute}.required": lambda use: use == "required",
    }


def _check_claims(claims: Claims, path: str) -> None:
    if len(msgspec.json.encode(claims)) > LARGEST_CLAIMS:
        raise FieldError("Custom claims must stay below 2 KiB: the token travels in a cookie.", param=path)


def _check_rate_limits(limits: Mapping[str, list[int]], path: str) -> None:
    for name, limit in limits.items():
        if len(limit) != 2 or not all(1 <= part <= _MAX_HITS for part in limit):
            raise FieldError(f"{path}.{name} must be [hits, seconds], both at least 1.", param=f"{path}.{name}")


def _check_origins(origins: list[str], path: str) -> None:
    for origin in origins:
        if origin_of(origin) is None or urlsplit(origin)[2:] != ("", "", ""):
            raise FieldError(f"{origin!r} is not an origin such as https://app.example.com.", param=path)


_ADDRESS = "an `https` address, or a path such as `/home`; may be empty"
_COLOR = Form("a colour such as `#2f6f4f`", lambda text: str(Color.parse(text)))
_FONTS = Form('names such as `"Open Sans", sans-serif`', lambda text: str(Fonts.parse(text)))
_LENGTH = Form("a length such as `0.5rem` or `8px`", lambda text: str(Length.parse(text)))
_LOGO = Form(_ADDRESS, lambda text: str(WebAddress.parse(text)) if text else "")
_PAGE = Form(_ADDRESS, lambda text: str(WebAddress.parse(text, with_loopback=True)) if text else "")


class _Group(msgspec.Struct, frozen=True, kw_only=True):
    """A rendered value has the spelling of its parsed form; a stored value that cannot be parsed becomes the default."""

    def __post_init__(self) -> None:
        for name, (form, default) in _parsed(type(self)).items():
            given = getattr(self, name)
            try:
                kept = form.parse(given)
            except ValueError:
                kept = default
            if kept != given:
                msgspec.structs.force_setattr(self, name, kept)


@cache
def _parsed(group: type[msgspec.Struct]) -> Mapping[str, tuple[Form, str]]:
    own = (setting for setting in tree(group) if not setting.group)
    return {
        setting.path: (setting.about.form, str(setting.default)) for setting in own if setting.about.form is not None
    }


class SessionSettings(_Group, frozen=True, kw_only=True):
    """How long users stay signed in, and the contents of their tokens."""

    lifetime_seconds: Annotated[
        int,
        About(
            effect="A session ends this long after it began, however much it is used.",
            min=5, max=400 * DAY, unit="seconds", guide="guide/sessions.md#timeouts",
        ),
    ] = 7 * DAY  # fmt: skip
    inactivity_seconds: Annotated[
        int,
        About(
            effect="A session ends after this time without activity.",
            min=2, max=400 * DAY, unit="seconds", guide="guide/sessions.md#timeouts",
        ),
    ] = DAY  # fmt: skip
    token_seconds: Annotated[
        int,
        About(
            effect="The token that an app verifies is valid for this long; a browser fetches the next one before that.",
            min=2, max=3600, unit="seconds", guide="guide/sessions.md#timeouts",
        ),
    ] = 60  # fmt: skip
    token_algorithm: Annotated[
        Literal["RS256", "EdDSA"],
        About(effect="Signs new tokens: published SDKs accept RS256 only, EdDSA costs a tenth of the time."),
    ] = "RS256"
    claims: Annotated[
        Claims,
        About(
            effect="Adds claims to every session token, as a template; replaced as a whole.",
            check=_check_claims, guide="guide/sessions.md#your-own-claims-in-the-token",
        ),
    ] = {}  # fmt: skip
    single_session_mode: Annotated[
        bool,
        About(
            effect="A browser is signed in as one user at a time; off, people can switch between accounts.",
            shown=_at("auth_config.single_session_mode"),
        ),
    ] = True
    sessions_per_user: Annotated[
        int,
        About(
            effect="A user has at most this many sessions; `sessions.at_the_limit` says what one more does.",
            min=1, max=10_000,
        ),
    ] = 100  # fmt: skip
    at_the_limit: Annotated[
        Literal["end_idlest", "refuse"],
        About(
            effect="One session more than a user may have: `end_idlest` ends the one idle longest, `refuse` refuses the sign-in.",
            guide="guide/sessions.md#timeouts",
        ),
    ] = "end_idlest"  # fmt: skip

    ended_kept_seconds: Annotated[
        int,
        About(
            effect="Ended sessions are listed for this long, with the cause of their end; then they are deleted.",
            min=60, max=3650 * DAY, unit="seconds", guide="guide/sessions.md#ended-sessions",
        ),
    ] = 90 * DAY  # fmt: skip

    @property
    def ended_kept(self) -> timedelta:
        return timedelta(seconds=self.ended_kept_seconds)

    @property
    def lifetime(self) -> timedelta:
        return timedelta(seconds=self.lifetime_seconds)

    @property
    def inactivity(self) -> timedelta:
        return timedelta(seconds=self.inactivity_seconds)

    @property
    def token_life(self) -> timedelta:
        return timedelta(seconds=self.token_seconds)


class SignUpSettings(_Group, frozen=True, kw_only=True):
    """Access to sign-up, and the required fields of a new account."""

    mode: Annotated[
        Literal["public", "restricted"],
        About(
            effect="`public` allows every visitor to sign up; with `restricted` only a server with the secret key creates users.",
            shown=_at("user_settings.sign_up.mode"),
        ),
    ] = "public"
    first_name: Annotated[Use, About(effect="Asks for a first name at sign-up.", shown=_use_of("first_name"))] = (
        "optional"
    )
    last_name: Annotated[Use, About(effect="Asks for a last name at sign-up.", shown=_use_of("last_name"))] = "optional"
    username: Annotated[
        Use, About(effect="Asks for a user name, which also identifies a user at sign-in.", shown=_use_of("username"))
    ] = "off"
    password: Annotated[
        Use,
        About(effect="Asks for a password; off, people sign in with e-mail codes alone.", shown=_use_of("password")),
    ] = "required"
    verify_email: Annotated[
        bool,
        About(
            effect="A new address is proven with an e-mail code before the account exists.",
            shown=_at("user_settings.attributes.email_address.verify_at_sign_up"),
        ),
    ] = True


class ProtectionSettings(_Group, frozen=True, kw_only=True):
    """Protection against guessing. Bounds prevent a typo that would lock out every user, or never lock any."""

    strict_enumeration: Annotated[
        bool | None,
        About(
            effect="No answer tells whether an account exists; `null` means on in production and off in development."
        ),
    ] = None
    lockout_tries: Annotated[
        int,
        About(
            effect="An account is locked after this many wrong tries in a row.",
            min=5, max=100, shown=_at("user_settings.attack_protection.user_lockout.max_attempts"),
        ),
    ] = 10  # fmt: skip
    lockout_seconds: Annotated[
        int,
        About(
            effect="A lock after wrong tries runs out after this long.",
            min=1, max=30 * DAY, unit="seconds",
            shown=_at("user_settings.attack_protection.user_lockout.duration_in_minutes", how=lambda seconds: seconds // 60),
        ),
    ] = 3600  # fmt: skip
    password_min_length: Annotated[
        int,
        About(
            effect="A new password has at least this many characters.",
            min=LEAST_PASSWORD, max=64, shown=_at("user_settings.password_settings.min_length"),
        ),
    ] = LEAST_PASSWORD  # fmt: skip
    allowlist: Annotated[
        bool,
        About(
            effect="Only identifiers on the allow list can sign up or sign in.",
            shown=_at("user_settings.restrictions.allowlist.enabled"),
        ),
    ] = False
    blocklist: Annotated[
        bool,
        About(
            effect="Identifiers on the block list can neither sign up nor sign in.",
            shown=_at("user_settings.restrictions.blocklist.enabled"),
        ),
    ] = False
    block_email_subaddresses: Annotated[
        bool,
        About(
            effect="Refuses new addresses with a part after a plus sign, such as ada+shop@example.com.",
            shown=_at("user_settings.restrictions.block_email_subaddresses.enabled"),
        ),
    ] = False
    rate_limits: Annotated[
        dict[str, list[int]],
        About(
            effect="Overrides rate limits: the name of a limit with `[hits, seconds]`; replaced as a whole.",
            check=_check_rate_limits,
        ),
    ] = {}


class PathSettings(_Group, frozen=True, kw_only=True):
    """Targets of redirects. Empty: the hosted pages; in development `home_url` and `after_…` are the origin of the calling app."""

    home_url: Annotated[str, About(effect="Leads home, from a logo for instance.", form=_PAGE)] = ""
    sign_in_url: Annotated[str, About(effect="Leads to the sign-in form.", form=_PAGE)] = ""
    sign_up_url: Annotated[str, About(effect="Leads to the sign-up form.", form=_PAGE)] = ""
    user_profile_url: Annotated[str, About(effect="Leads to where users change their account.", form=_PAGE)] = ""
    after_sign_in_url: Annotated[str, About(effect="Opens after a sign-in; empty means `home_url`.", form=_PAGE)] = ""
    after_sign_up_url: Annotated[str, About(effect="Opens after a sign-up; empty means `home_url`.", form=_PAGE)] = ""
    after_sign_out_url: Annotated[str, About(effect="Opens after a sign-out; empty means `home_url`.", form=_PAGE)] = ""


class ThemeSettings(_Group, frozen=True, kw_only=True):
    """How hosted pages and components look."""

    color: Annotated[
        str,
        About(
            effect="Colours buttons and links.", form=_COLOR, shown=_at("display_config.theme.general.color"),
            guide="guide/templates.md",
        ),
    ] = "#2f6f4f"  # fmt: skip
    background_color: Annotated[
        str,
        About(
            effect="Colours what is behind forms, in the light scheme.", form=_COLOR,
            shown=_at("display_config.theme.general.background_color"),
        ),
    ] = "#ffffff"  # fmt: skip
    page_color: Annotated[
        str,
        About(
            effect="Colours what is behind everything else, in the light scheme.", form=_COLOR,
            shown=_at("display_config.theme.accounts.background_color"),
        ),
    ] = "#f4f5f2"  # fmt: skip
    font_family: Annotated[
        str,
        About(
            effect="Sets all text in the first of these fonts that a device has.", form=_FONTS,
            shown=_at("display_config.theme.general.font_family", "display_config.theme.buttons.font_family"),
        ),
    ] = "system-ui, sans-serif"  # fmt: skip
    border_radius: Annotated[
        str,
        About(
            effect="Rounds the corners of forms and buttons.",
            form=_LENGTH,
            shown=_at("display_config.theme.general.border_radius"),
        ),
    ] = "0.5rem"
    logo_url: Annotated[
        str,
        About(
            effect="Shows this picture above forms.", form=_LOGO,
            shown={
                **_at("display_config.logo_image_url"),
                **_at("display_config.logo_url", how=lambda url: url or None),
            },
        ),
    ] = ""  # fmt: skip
    scheme: Annotated[
        Literal["system", "light", "dark"],
        About(
            effect="Chooses light or dark pages: `system` follows the visitor's device, and dark pages keep `color` only."
        ),
    ] = "system"
    dark: Annotated[bool, About(effect='Says `scheme = "dark"` the older way, and wins while it is on.')] = False


class Settings(_Group, frozen=True, kw_only=True):
    application_name: Annotated[
        str,
        About(effect="Names the application on pages and in mails.", shown=_at("display_config.application_name")),
    ] = "My application"
    support_email: Annotated[
        str,
        About(
            effect="Is the address that components show to people who need help.",
            shown=_at("display_config.support_email"),
        ),
    ] = ""
    allowed_origins: Annotated[
        list[str],
        About(
            effect="Lets pages of these origins call this server, and be returned to.",
            check=_check_origins, guide="guide/production.md",
        ),
    ] = []  # fmt: skip
    sessions: SessionSettings = SessionSettings()
    sign_up: SignUpSettings = SignUpSettings()
    protection: ProtectionSettings = ProtectionSettings()
    paths: PathSettings = PathSettings()
    theme: ThemeSettings = ThemeSettings()
    test_mode: Annotated[
        bool,
        About(effect="In development, addresses with `+clerk_test` take the code 424242; production never honours it."),
    ] = True
    delete_self: Annotated[
        bool,
        About(effect="Users can delete their own account.", shown=_at("user_settings.actions.delete_self")),
    ] = True
    delete_after_seconds: Annotated[
        int,
        About(
            effect="An account that is deleted in the dashboard is hidden at once and erased after this time; until then it can be restored.",
            min=60, max=90 * DAY, unit="seconds",
        ),
    ] = 14 * DAY  # fmt: skip


def written_back(settings: msgspec.Struct, stored: Json) -> dict[str, Json]:
    """`settings` as JSON, beside the fields of `stored` that this release does not know, at every depth (R-CFG-01)."""
    before = stored if isinstance(stored, dict) else {}
    known: dict[str, Json] = {}
    for name, value in msgspec.structs.asdict(settings).items():
        is_group = isinstance(value, msgspec.Struct)
        known[name] = written_back(value, before.get(name)) if is_group else msgspec.to_builtins(value)
    return {**before, **known}
