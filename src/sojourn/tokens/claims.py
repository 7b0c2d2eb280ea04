"""The claims of a verified session token."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sojourn.errors import Json
from sojourn.instant import Instant
from sojourn.tokens.organization_claims import TokenOrganization, read_organization

REGISTERED = frozenset(
    {"act", "aud", "azp", "exp", "fea", "fva", "iat", "iss", "jti", "nbf", "o", "org_id", "org_permissions", "org_role",
     "org_slug", "pla", "sid", "sts", "sub", "v"}
)  # fmt: skip
"""The standard claims of a session token; all others are the owner's custom claims."""

if TYPE_CHECKING:
    Raw = Mapping[str, Json]
else:  # not a recursive type, which frameworks that inspect signatures at run time cannot handle
    Raw = Mapping[str, Any]

__all__ = ["Claims"]


@dataclass(frozen=True, slots=True)
class Claims:
    """A verified session token. `raw` holds every claim as it was signed; factor ages are whole minutes, -1 for never."""

    user_id: str
    session_id: str
    issued_at: Instant
    not_before: Instant
    expires_at: Instant
    issuer: str
    authorized_party: str | None
    status: str
    version: int
    organization: TokenOrganization | None
    raw: Raw

    @property
    def token_id(self) -> str | None:
        jti = self.raw.get("jti")
        return jti if isinstance(jti, str) else None

    @property
    def factor_ages(self) -> tuple[int, int] | None:
        ages = self.raw.get("fva")
        if isinstance(ages, list) and len(ages) == 2:
            first, second = ages
            if isinstance(first, int) and isinstance(second, int):
                return first, second
        return None

    @property
    def actor(self) -> Mapping[str, Json] | None:
        """The actor who impersonates the user, if any."""
        actor = self.raw.get("act")
        return actor if isinstance(actor, dict) else None

    @property
    def organization_id(self) -> str | None:
        return self.organization.id if self.organization else None

    @property
    def organization_slug(self) -> str | None:
        return self.organization.slug if self.organization else None

    @property
    def organization_role(self) -> str | None:
        return self.organization.role if self.organization else None

    @property
    def organization_permissions(self) -> frozenset[str]:
        return self.organization.permissions if self.organization else frozenset()

    @property
    def extra(self) -> Mapping[str, Json]:
        """The owner's custom claims."""
        return {name: value for name, value in self.raw.items() if name not in REGISTERED}


def read_claims(
    raw: Mapping[str, Json], *, subject: str, session_id: str, issuer: str, issued: int, not_before: int, expires: int
) -> Claims:
    """The claims of a payload whose required members, seconds and texts, have been checked."""
    party, status, version = raw.get("azp"), raw.get("sts"), raw.get("v")
    return Claims(
        user_id=subject,
        session_id=session_id,
        issued_at=Instant(issued * 1000),
        not_before=Instant(not_before * 1000),
        expires_at=Instant(expires * 1000),
        issuer=issuer,
        authorized_party=party if isinstance(party, str) else None,
        status=status if isinstance(status, str) else "active",
        version=version if isinstance(version, int) else 1,
        organization=read_organization(raw) if "o" in raw or "org_id" in raw else None,
        raw=raw,
    )
