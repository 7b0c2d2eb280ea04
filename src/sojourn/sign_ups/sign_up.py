"""A sign-up: an attempt to create a user account. Statuses, legal transitions and missing fields, pure.

    missing_requirements ──> complete       once nothing is missing: the user and the session exist

Every attempt is abandoned at `abandon_at`, a day after it began (R-FLOW-03). Every status other than the first is reached by a
function of this module: a test of the source says that nothing else writes one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from sojourn.errors import Json, VerificationExpired, WrongStep
from sojourn.factors.password_hashers import StoredPassword
from sojourn.ids import ClientId, InstanceId, SessionId, SignUpId, UserId, VerificationId, sign_up_id
from sojourn.instances.settings import SignUpSettings
from sojourn.instant import Instant

LIFE = timedelta(days=1)
"""Long enough to read a mail later; its code expires after ten minutes, but another can be requested."""


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


def begun(instance_id: InstanceId, client_id: ClientId, now: Instant) -> SignUp:
    """A new sign-up, in which everything is missing."""
    return SignUp(
        id=sign_up_id(),
        instance_id=instance_id,
        client_id=client_id,
        status=SignUpStatus.MISSING_REQUIREMENTS,
        created_at=now,
        updated_at=now,
        abandon_at=now + LIFE,
    )


def require_open(sign_up: SignUp, now: Instant) -> None:
    """Raises: VerificationExpired once abandoned, WrongStep once complete."""
    status = sign_up.status_at(now)
    if status is SignUpStatus.ABANDONED:
        raise VerificationExpired()
    if status is not SignUpStatus.MISSING_REQUIREMENTS:
        raise WrongStep()


def after_code(sign_up: SignUp, now: Instant) -> SignUp:
    """The sign-up once a code has proven its address; complete only by `completed`. Raises: WrongStep, VerificationExpired."""
    require_open(sign_up, now)
    if sign_up.email_address is None:
        raise WrongStep()
    return replace(sign_up, email_verified_at=now, updated_at=now)


def completed(
    sign_up: SignUp, rules: SignUpSettings, now: Instant, *, user_id: UserId, session_id: SessionId
) -> SignUp:
    """The sign-up once it has become a user, who keeps its password. Raises: WrongStep (something is missing), VerificationExpired."""
    require_open(sign_up, now)
    if not is_ready(sign_up, rules):
        raise WrongStep()
    return replace(
        sign_up,
        status=SignUpStatus.COMPLETE,
        created_user_id=user_id,
        created_session_id=session_id,
        password=None,
        updated_at=now,
    )


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
    """True if all requirements for creating the user are met."""
    return not missing_fields(sign_up, rules) and not unverified_fields(sign_up, rules)


def _with_use(rules: SignUpSettings, use: str) -> tuple[str, ...]:
    uses = {
        "username": rules.username,
        "first_name": rules.first_name,
        "last_name": rules.last_name,
        "password": rules.password,
    }
    return tuple(name for name, stated in uses.items() if stated == use)
