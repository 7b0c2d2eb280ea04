"""Claims of the active organization, in both claim versions (wire protocol section 6.2).

Version 1 lists full permissions: `org:invoices:read`. Version 2 lists features in `fea`, names in `o.per`, and one bit
mask of names for each organization feature in `o.fpm`. System permissions (`org:sys_…`) are never in a token.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sojourn.errors import Json

_SYSTEM = "sys_"
_MAX_NAMES = 64


@dataclass(frozen=True, slots=True)
class TokenOrganization:
    """The active organization. `role` and `permissions` carry their `org:` prefix."""

    id: str
    slug: str | None
    role: str
    permissions: frozenset[str] = frozenset()


def organization_claims(organization: TokenOrganization, version: int) -> dict[str, Json]:
    """The claims to merge into a token's payload."""
    custom = sorted(permission for permission in organization.permissions if _parts(permission) is not None)
    if version < 2:
        spelled: list[Json] = list(custom)
        return {
            "org_id": organization.id,
            "org_slug": organization.slug,
            "org_role": organization.role,
            "org_permissions": spelled,
        }
    claim: dict[str, Json] = {"id": organization.id, "rol": organization.role.removeprefix("org:")}
    if organization.slug is not None:
        claim["slg"] = organization.slug
    claims: dict[str, Json] = {"o": claim}
    if custom:
        features, names, masks = _packed(custom)
        claims["fea"] = ",".join(f"o:{feature}" for feature in features)
        claim["per"], claim["fpm"] = ",".join(names), ",".join(map(str, masks))
    return claims


def read_organization(claims: Mapping[str, Json]) -> TokenOrganization | None:
    """The organization in verified claims, whichever their version; None for a personal session."""
    packed = claims.get("o")
    if isinstance(packed, dict):
        id, slug, role = packed.get("id"), packed.get("slg"), packed.get("rol")
        permissions = _unpacked(claims.get("fea"), packed.get("per"), packed.get("fpm"))
        role = f"org:{role}" if isinstance(role, str) else None
    else:
        id, slug, role = claims.get("org_id"), claims.get("org_slug"), claims.get("org_role")
        spelled = claims.get("org_permissions")
        listed = spelled if isinstance(spelled, list) else []
        permissions = frozenset(permission for permission in listed if isinstance(permission, str))
    if not isinstance(id, str) or not isinstance(role, str):
        return None
    return TokenOrganization(id, slug if isinstance(slug, str) else None, role, permissions)


def _parts(permission: str) -> tuple[str, str] | None:
    """Feature and name of a custom permission; None for system permissions and for malformed text."""
    parts = permission.split(":")
    if len(parts) != 3 or parts[0] != "org" or parts[1].startswith(_SYSTEM) or not all(parts) or "," in permission:
        return None
    return parts[1], parts[2]


def _packed(permissions: Sequence[str]) -> tuple[list[str], list[str], list[int]]:
    pairs = [pair for pair in map(_parts, permissions) if pair is not None]
    features, names = sorted({feature for feature, _ in pairs}), sorted({name for _, name in pairs})
    granted = set(pairs)
    masks = [sum(1 << bit for bit, name in enumerate(names) if (feature, name) in granted) for feature in features]
    return features, names, masks


def _unpacked(features: Json, names: Json, masks: Json) -> frozenset[str]:
    if not isinstance(features, str) or not isinstance(names, str) or not isinstance(masks, str):
        return frozenset()
    scoped = [entry.strip().partition(":") for entry in features.split(",")]
    of_organization = [feature for scope, _, feature in scoped if "o" in scope]
    listed = names.split(",")[:_MAX_NAMES]
    granted: set[str] = set()
    for feature, text in zip(of_organization, masks.split(","), strict=False):
        mask = int(text) if len(text) <= 20 and text.isascii() and text.isdecimal() else 0
        granted.update(f"org:{feature}:{name}" for bit, name in enumerate(listed) if mask >> bit & 1)
    return frozenset(granted)
