"""The permissions of each administrator (R-ADM-01). One table, which the admin API, the page and the documentation read."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """From the least to the most powerful. Stored: values never change."""

    VIEWER = "viewer"
    SUPPORT = "support"
    EDITOR = "editor"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return list(Role).index(self)

    def reaches(self, other: "Role") -> bool:
        """True if this role may grant or take away `other`: nobody acts on a role above their own."""
        return self.rank >= other.rank


class Permission(StrEnum):
    """One kind of operation. The admin API declares one for each of its routes."""

    SESSIONS_READ = "sessions.read"
    SESSIONS_END = "sessions.end"
    USERS_READ = "users.read"
    USERS_SUPPORT = "users.support"
    """Lock, unlock, demand a new password: nothing that changes who somebody is."""
    USERS_WRITE = "users.write"
    USERS_DELETE = "users.delete"
    USERS_IMPERSONATE = "users.impersonate"
    USERS_EXPORT = "users.export"
    SETTINGS_READ = "settings.read"
    SETTINGS_WRITE = "settings.write"
    KEYS_READ = "keys.read"
    KEYS_WRITE = "keys.write"
    EVENTS_READ = "events.read"
    EVENTS_EXPORT = "events.export"
    ADMINISTRATORS_READ = "administrators.read"
    ADMINISTRATORS_WRITE = "administrators.write"


_VIEWER = frozenset(
    {
        Permission.SESSIONS_READ,
        Permission.USERS_READ,
        Permission.SETTINGS_READ,
        Permission.KEYS_READ,
        Permission.EVENTS_READ,
        Permission.ADMINISTRATORS_READ,
    }
)
_SUPPORT = _VIEWER - {Permission.KEYS_READ} | {Permission.SESSIONS_END, Permission.USERS_SUPPORT}
_EDITOR = _VIEWER | _SUPPORT | {Permission.USERS_WRITE, Permission.USERS_DELETE, Permission.SETTINGS_WRITE}

PERMISSIONS: Mapping[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEWER,
    Role.SUPPORT: _SUPPORT,
    Role.EDITOR: _EDITOR,
    Role.OWNER: frozenset(Permission),
}


def may(role: Role, permission: Permission) -> bool:
    return permission in PERMISSIONS[role]
