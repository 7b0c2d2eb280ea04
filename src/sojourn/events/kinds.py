"""The registry of event kinds: public name, typed details and a readable sentence (R-LOG-01). The audit log rejects
unknown kinds and mismatching details. Names never change: apps and reports filter by them.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from sojourn.errors import Json
from sojourn.events.event import Event


class NoDetails(msgspec.Struct, forbid_unknown_fields=True):
    """No details beyond kind, actor, user and target."""


class SessionBegun(msgspec.Struct, forbid_unknown_fields=True):
    """`strategy` is the wire name of the proven strategy; `actor` is the impersonator."""

    strategy: str
    actor: str | None = None


class SessionsEnded(msgspec.Struct, forbid_unknown_fields=True):
    """`sessions` is how many a batch ended, `filters` are the names of its conditions; its row has their values."""

    sessions: int
    filters: list[str]


class SignInFailed(msgspec.Struct, forbid_unknown_fields=True):
    """`strategy` is the wire name of the tried strategy, `reason` the public error code."""

    strategy: str
    reason: str


class FieldsChanged(msgspec.Struct, forbid_unknown_fields=True):
    """`fields` are the names of the changed fields, never their values (R-LOG-02)."""

    fields: list[str]


class WithReason(msgspec.Struct, forbid_unknown_fields=True):
    """`reason` is what the administrator wrote."""

    reason: str | None = None


class CredentialChanged(msgspec.Struct, forbid_unknown_fields=True):
    """`kind` is the kind of the credential, as its factor names it."""

    kind: str


class ImpersonationAllowed(msgspec.Struct, forbid_unknown_fields=True):
    """`acting` is who may act as the user; absent for a plain sign-in token."""

    acting: str | None = None


class SecretKeyMade(msgspec.Struct, forbid_unknown_fields=True):
    """`scope` is `full` or `read`."""

    scope: str


class SigningKeyRotated(msgspec.Struct, forbid_unknown_fields=True):
    """`emergency`: the old keys were dropped at once."""

    emergency: bool


class TokenTooLarge(msgspec.Struct, forbid_unknown_fields=True):
    """`bytes` is the size of a session token, `most` what a browser's cookie holds."""

    bytes: int
    most: int


class RoleGiven(msgspec.Struct, forbid_unknown_fields=True):
    """`role` is an administrator's role: owner, editor, support or viewer."""

    role: str


@dataclass(frozen=True, slots=True)
class EventKind:
    """`sentence` may name {actor}, {user}, {target}, {place} and every field of `details`."""

    name: str
    sentence: str
    details: type[msgspec.Struct] = NoDetails


_ALL = (
    EventKind("session.created", "{user} signed in with {strategy} from {place}.", SessionBegun),
    EventKind("session.removed", "{user} signed out of session {target}."),
    EventKind("session.ended", "{user} ended session {target}."),
    EventKind("session.revoked", "{actor} revoked session {target} of {user}."),
    EventKind("sessions.ended", "{actor} ended sessions of many users in batch {target}.", SessionsEnded),
    EventKind("session.replaced", "Session {target} of {user} made room for a newer one."),
    EventKind(
        "session.token_too_large",
        "The token of session {target} of {user} has {bytes} bytes, and browsers keep {most}: custom claims must be smaller.",
        TokenTooLarge,
    ),
    EventKind("sign_in.failed", "A sign-in as {user} with {strategy} failed from {place}: {reason}.", SignInFailed),
    EventKind("user.created", "{actor} created {user}."),
    EventKind("user.updated", "{actor} changed {fields} of {user}.", FieldsChanged),
    EventKind("user.deleted", "{actor} deleted {user}."),
    EventKind("user.banned", "{actor} banned {user}.", WithReason),
    EventKind("user.deletion_requested", "{actor} asked to delete {user}.", WithReason),
    EventKind("user.exported", "{actor} exported what is stored about {user}."),
    EventKind("user.deletion_undone", "{actor} undid the deletion of {user}."),
    EventKind("user.unbanned", "{actor} lifted the ban of {user}."),
    EventKind("user.locked", "{user} was locked by {actor}."),
    EventKind("user.unlocked", "{actor} unlocked {user}."),
    EventKind("password.changed", "{actor} changed the password of {user}."),
    EventKind("password.removed", "{actor} removed the password of {user}."),
    EventKind("password.refused", "A wrong password was given for {user}."),
    EventKind("password.disabled", "The password of {user} was disabled after too many failed attempts."),
    EventKind("password.compromised", "{actor} marked the password of {user} as compromised."),
    EventKind("password.not_compromised", "{actor} withdrew that the password of {user} is compromised."),
    EventKind(
        "credential.created", "{actor} added credential {target} of the kind {kind} to {user}.", CredentialChanged
    ),
    EventKind(
        "credential.deleted", "{actor} removed credential {target} of the kind {kind} from {user}.", CredentialChanged
    ),
    EventKind("email_address.created", "{actor} added e-mail address {target} to {user}."),
    EventKind("email_address.updated", "{actor} changed e-mail address {target} of {user}."),
    EventKind("email_address.verified", "E-mail address {target} of {user} was verified by {actor}."),
    EventKind("email_address.replaced", "{actor} made {target} the e-mail address of {user}, in place of the old one."),
    EventKind("email_address.deleted", "{actor} removed e-mail address {target} of {user}."),
    EventKind("phone_number.created", "{actor} added phone number {target} to {user}."),
    EventKind("phone_number.updated", "{actor} changed phone number {target} of {user}."),
    EventKind("phone_number.verified", "Phone number {target} of {user} was verified by {actor}."),
    EventKind("phone_number.replaced", "{actor} made {target} the phone number of {user}, in place of the old one."),
    EventKind("phone_number.deleted", "{actor} removed phone number {target} of {user}."),
    EventKind("sign_in_token.created", "{actor} made sign-in token {target} for {user}.", ImpersonationAllowed),
    EventKind("sign_in_token.revoked", "{actor} revoked sign-in token {target} of {user}."),
    EventKind("actor_token.created", "{actor} allowed {acting} to act as {user} with {target}.", ImpersonationAllowed),
    EventKind("actor_token.revoked", "{actor} revoked actor token {target} for {user}."),
    EventKind("jwt_template.created", "{actor} created JWT template {target}."),
    EventKind("jwt_template.updated", "{actor} changed JWT template {target}."),
    EventKind("jwt_template.deleted", "{actor} deleted JWT template {target}."),
    EventKind("redirect_url.created", "{actor} allowed redirect URL {target}."),
    EventKind("redirect_url.deleted", "{actor} removed redirect URL {target}."),
    EventKind("allowlist_identifier.created", "{actor} put {target} on the allowlist."),
    EventKind("allowlist_identifier.deleted", "{actor} took {target} off the allowlist."),
    EventKind("blocklist_identifier.created", "{actor} put {target} on the blocklist."),
    EventKind("blocklist_identifier.deleted", "{actor} took {target} off the blocklist."),
    EventKind("administrator.invited", "{actor} invited an administrator with the role {role}: {target}.", RoleGiven),
    EventKind("administrator.invitation_revoked", "{actor} withdrew the invitation {target}."),
    EventKind("administrator.joined", "{user} became an administrator with the role {role}.", RoleGiven),
    EventKind("administrator.role_changed", "{actor} gave administrator {target} the role {role}.", RoleGiven),
    EventKind("administrator.removed", "{actor} removed administrator {target}."),
    EventKind("events.exported", "{actor} exported the audit log."),
    EventKind("settings.updated", "{actor} changed the settings {fields}.", FieldsChanged),
    EventKind("secret_key.created", "{actor} made secret key {target} with scope {scope}.", SecretKeyMade),
    EventKind("secret_key.revoked", "{actor} revoked secret key {target}."),
    EventKind("signing_key.rotation_cancelled", "{actor} cancelled the rotation to signing key {target}."),
    EventKind("signing_key.rotated", "{actor} rotated the signing key; {target} is next.", SigningKeyRotated),
)

KINDS: Mapping[str, EventKind] = {kind.name: kind for kind in _ALL}
"""Every kind by its name."""

_ACTORS = {
    "anonymous": "an unknown user",
    "operator": "the command line",
    "backend_api": "the Backend API",
    "app": "the app",
    "system": "this server",
}
"""Actors that are not users; others are shown by ID."""


def checked(kind: str, details: Mapping[str, Json]) -> None:
    """Raises: KeyError for a kind that is not listed, msgspec.ValidationError for details that are not its own."""
    msgspec.convert(dict(details), KINDS[kind].details)


def actor_name(actor: str | None) -> str:
    """The actor's name in a sentence; IDs are used unchanged."""
    return "nobody" if actor is None else _ACTORS.get(actor, actor)


def told(event: Event) -> str:
    """The event as a sentence; an unknown kind, of another release, is shown by its name."""
    kind = KINDS.get(event.kind)
    if kind is None:
        return f"{event.kind} by {event.actor}."
    details = {name: _shown(value) for name, value in event.details.items()}
    unsaid = dict.fromkeys(kind.details.__struct_fields__, "nothing")
    sentence = kind.sentence.format_map(
        unsaid
        | details
        | {
            "actor": actor_name(event.actor),
            "user": event.user_id or "an unknown user",
            "target": event.target or "nothing",
            "place": event.ip_address or "an unknown place",
        }
    )
    return capitalized(sentence)


def capitalized(sentence: str) -> str:
    """The sentence with a capital at its beginning; an ID there keeps its case."""
    return sentence if "_" in sentence.partition(" ")[0] else sentence[0].upper() + sentence[1:]


def _shown(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(_shown, value)) or "nothing"
    return "nothing" if value is None else str(value)
