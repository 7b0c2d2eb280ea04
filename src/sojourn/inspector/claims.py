"""Each claim of a token: what it means, and which setting, template or rule put it there. Pure."""

from collections.abc import Mapping, Sequence

from sojourn.errors import Json
from sojourn.inspector.inspection import Claim, SubjectLink
from sojourn.instances.instance import Instance
from sojourn.instant import Instant
from sojourn.tokens.claims import REGISTERED

_LATEST = 32_503_680_000  # the year 3000
_TIMES = frozenset({"exp", "iat", "nbf"})
_RULE = "every token"

_MEANINGS: Mapping[str, tuple[str, str, str | None]] = {
    "iss": ("The server that issued the token.", "SOJOURN_PUBLIC_URL of this server", None),
    "sub": ("The user.", "the session", None),
    "sid": ("The session.", "the session", None),
    "azp": ("The origin of the page that asked for the token.", "the Origin header of that request; allowed by allowed_origins", "allowed_origins"),
    "iat": ("The time of issue.", "the server's clock", None),
    "nbf": ("The token is valid from here on: ten seconds before its issue, for apps whose clock is behind.", "the server's clock", None),
    "exp": ("The token is valid until here; the browser fetches the next one before that.", "sessions.token_seconds", "sessions.token_seconds"),
    "jti": ("The random ID of this token.", "a draw at each issue", None),
    "fva": ("Minutes since the first and the second factor were proven; -1 for never.", "the session", None),
    "sts": ("The status of the session: active, or pending while the user owes a task.", "the session", None),
    "v": ("The version of the claims, which the API version of the SDK decides.", "the SDK's request", None),
    "act": ("Who acts as the user: this is impersonation.", "the actor token of the sign-in", None),
    "o": ("The active organization.", "the session", None),
    "org_id": ("The active organization.", "the session", None),
    "org_slug": ("The slug of the active organization.", "the session", None),
    "org_role": ("The user's role in the active organization.", "the session", None),
    "org_permissions": ("The user's permissions in the active organization.", "the session", None),
    "fea": ("Features of the active organization that permissions name.", "the session", None),
    "pla": ("The plan.", "the session", None),
    "aud": ("The service that the token is for.", "a JWT template", None),
    "handshake": ("The cookies that the app sets for the browser; their values are not shown.", "the handshake", None),
    "redirect": ("The redirect to which the result is bound.", "the handshake", None),
}  # fmt: skip
"""Meaning, source and setting of each registered claim."""


def explained_claims(
    claims: Mapping[str, Json], instance: Instance, *, template: str | None = None, template_claims: Mapping[str, Json]
) -> list[Claim]:
    """The claims in their order. `template` names the JWT template that the token was made from, with its claims; None
    for a session token, whose custom claims come from the settings.
    """
    return [_explained(name, value, instance, template, template_claims) for name, value in claims.items()]


def _explained(
    name: str, value: Json, instance: Instance, template: str | None, template_claims: Mapping[str, Json]
) -> Claim:
    at = _time(name, value)
    if name in REGISTERED or name in _MEANINGS:
        meaning, source, setting = _MEANINGS.get(name, ("A registered claim.", _RULE, None))
        if name == "exp" and template is not None:
            source, setting = f"lifetime of JWT template {template}", None
        link = SubjectLink(kind="setting", id=setting) if setting else None
        shown = "hidden" if name == "handshake" else value
        return Claim(name=name, value=shown, meaning=meaning, source=source, at=at, link=link)
    if template is not None:
        written = template_claims.get(name)
        source = f"JWT template {template}" + (f", which says {_quoted(written)}" if name in template_claims else "")
        return Claim(
            name=name,
            value=value,
            meaning="A claim of your own.",
            source=source,
            link=SubjectLink(kind="jwt_template", id=template),
        )
    own = instance.settings.sessions.claims
    source = (
        f"sessions.claims, which says {_quoted(own[name])}"
        if name in own
        else "sessions.claims at the time of issue; the setting no longer has it"
    )
    return Claim(
        name=name, value=value, meaning="A claim of your own.", source=source, link=SubjectLink(kind="setting", id="sessions.claims")
    )  # fmt: skip


def _quoted(template: Json) -> str:
    return template if isinstance(template, str) else str(template)


def _time(name: str, value: Json) -> int | None:
    is_time = name in _TIMES and isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _LATEST
    return Instant.from_seconds(value).millis if is_time and isinstance(value, int) else None


def likely_template(claims: Mapping[str, Json], templates: Mapping[str, Mapping[str, Json]]) -> Sequence[str]:
    """The names of the templates that have exactly the custom claims of a token; a token does not name its template."""
    own = {name for name in claims if name not in REGISTERED}
    return [name for name, written in templates.items() if own == {each for each in written if each not in REGISTERED}]
