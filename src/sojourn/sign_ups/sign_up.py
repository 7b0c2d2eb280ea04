"""A sign-up: the attempt of somebody to become a user. What is still missing, pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from sojourn.errors import Json
from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import ClientId, InstanceId, SessionId, SignUpId, UserId, VerificationId
from sojourn.instances.settings import SignUpSettings
from sojourn.instant import Instant


class SignUpStatus(StrEnum):
    MISSING_REQUIREMENTS = "missing_requirements"
    COMPLETE = "complete"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True)
class SignUp:
    """`email_taken` marks an address that already has an owner: in strict protection nothing shows it (R-ENU-03).

    `external_id`, which the new user gets, and `custom_action` are set by a server, never from a browser (R-INP-04).
    """

    id: SignUpId
    instance_id: InstanceId
    client_id: ClientId
    status: SignUpStatus
    created_at: Instant
    updated_at: Instant
    abandon_at: Instant
    email_address: str | None = None
    email_canonical: str | None = None
    email_verified_at: Instant | None = None
    email_taken: bool = False
    verification_id: VerificationId | None = None
    username: str | None = None
    username_key: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    password: StoredPassword | None = None
    unsafe_metadata: Mapping[str, Json] = field(default_factory=dict[str, Json])
    locale: str | None = None
    created_user_id: UserId | None = None
    created_session_id: SessionId | None = None
    external_id: str | None = None
    custom_action: bool = False

    def status_at(self, now: Instant) -> SignUpStatus:
        if self.status is SignUpStatus.COMPLETE or now < self.abandon_at:
            return self.status
        return SignUpStatus.ABANDONED


def required_fields(rules: SignUpSettings) -> list[str]:
    """Wire names of the fields every new user must have."""
    return ["email_address", *_with_use(rules, "required")]


def optional_fields(rules: SignUpSettings) -> list[str]:
    return list(_with_use(rules, "optional"))


def missing_fields(sign_up: SignUp, rules: SignUpSettings) -> list[str]:
    """Required fields that are not filled in yet, in the order a form asks for them."""
    present = {
        "email_address": sign_up.email_address,
        "username": sign_up.username,
        "first_name": sign_up.first_name,
        "last_name": sign_up.last_name,
        "password": sign_up.password,
    }
    return [name for name in required_fields(rules) if not present[name]]


def unverified_fields(sign_up: SignUp, rules: SignUpSettings) -> list[str]:
    if rules.verify_email and sign_up.email_address and sign_up.email_verified_at is None:
        return ["email_address"]
    return []


def is_ready(sign_up: SignUp, rules: SignUpSettings) -> bool:
    """Whether the user can be made now."""
    return not missing_fields(sign_up, rules) and not unverified_fields(sign_up, rules)


def _with_use(rules: SignUpSettings, use: str) -> tuple[str, ...]:
    uses = {
        "username": rules.username,
        "first_name": rules.first_name,
        "last_name": rules.last_name,
        "password": rules.password,
    }
    return tuple(name for name, each in uses.items() if each == use)
