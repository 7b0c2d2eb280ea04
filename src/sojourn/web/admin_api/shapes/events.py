"""Entries of the audit log and the result of its check, as the admin API shows them."""

import msgspec

from sojourn.events.event import Event
from sojourn.events.reading import entry
from sojourn.web.parsing.field_types import JsonObject


class AuditEntry(msgspec.Struct, kw_only=True):
    """`sentence` says in words what happened. `actor` is a user id, `admin:` and an administrator's id, the id of a secret
    key, or a word such as `operator`, the command line. `details` differ for each kind.
    """

    id: str
    at: int
    kind: str
    sentence: str
    actor: str
    user_id: str | None
    target: str | None
    ip_address: str | None
    user_agent: str | None
    details: JsonObject


class AuditEntryPage(msgspec.Struct, kw_only=True):
    data: list[AuditEntry]
    next_cursor: str | None


class AuditKind(msgspec.Struct, kw_only=True):
    """`details` are the names of the fields that entries of this kind have beyond the common ones."""

    name: str
    sentence: str
    details: list[str]


class AuditKindList(msgspec.Struct, kw_only=True):
    data: list[AuditKind]


class AuditChainStep(msgspec.Struct, kw_only=True):
    """One step of the check. `is_whole` null: no fault in the first `checked` entries; send `next_cursor` to go on.
    False: the entry after the first `checked` ones was changed, removed or inserted. `waiting` entries, the newest, have no
    hash yet; within seconds they have.
    """

    is_whole: bool | None
    checked: int
    waiting: int
    next_cursor: str | None


def audit_entry(event: Event) -> AuditEntry:
    return msgspec.convert(entry(event), AuditEntry)
