"""The answer of the inspector: what the subject is, who is signed in or out, and why. The command line prints it, and
the admin API sends it as it is.

Times are milliseconds since 1970, UTC. No value is a secret: a pasted token, cookie or key is never part of it.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from sojourn.errors import Json
from sojourn.instant import Instant

if TYPE_CHECKING:
    ClaimValue = Json
else:
    ClaimValue = Any  # msgspec has no schema for a recursive alias; the value of a decoded claim is `Json` anyway


class Subject(StrEnum):
    """The kind of the pasted text."""

    SESSION_TOKEN = "session_token"
    TEMPLATE_TOKEN = "template_token"
    HANDSHAKE = "handshake"
    SESSION = "session"
    USER = "user"
    AUTH_REASON = "auth_reason"
    CLIENT_COOKIE = "client_cookie"
    COOKIES = "cookies"
    SET_COOKIE = "set_cookie"
    UNKNOWN = "unknown"


class State(StrEnum):
    """UNCLEAR: the subject alone does not tell."""

    SIGNED_IN = "signed_in"
    SIGNED_OUT = "signed_out"
    UNCLEAR = "unclear"


class ArtefactCause(StrEnum):
    """Causes told from a pasted artefact. Those told from the record of a session are `EndCause`."""

    CLIENT_COOKIE_ABSENT = "client_cookie_absent"
    CLIENT_COOKIE_UNKNOWN = "client_cookie_unknown"
    CLIENT_COOKIE_REPLACED = "client_cookie_replaced"
    CLIENT_COOKIE_DOUBLED = "client_cookie_doubled"
    ANOTHER_INSTANCE = "another_instance"
    TOKEN_EXPIRED = "token_expired"
    TOKEN_NOT_YET_VALID = "token_not_yet_valid"
    CLOCK_OFF = "clock_off"
    KEY_UNKNOWN = "key_unknown"
    KEY_ROTATED_AWAY = "key_rotated_away"
    WRONG_ISSUER = "wrong_issuer"
    WRONG_PARTY = "wrong_party"
    SIGNATURE_WRONG = "signature_wrong"
    TOKEN_MALFORMED = "token_malformed"
    TOKEN_TOO_LARGE = "token_too_large"
    NOT_A_SESSION_TOKEN = "not_a_session_token"
    GUARD_WITHOUT_SESSION = "guard_without_session"
    COOKIES_BLOCKED = "cookies_blocked"
    SESSION_UNKNOWN = "session_unknown"
    USER_UNKNOWN = "user_unknown"
    USER_BANNED = "user_banned"
    NO_SESSION = "no_session"
    NOT_UNDERSTOOD = "not_understood"


class SubjectLink(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` is session, user, client, secret_key, session_batch, setting, jwt_template or event."""

    kind: str
    id: str


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """`at` is set if the value is a time, `why` says where the value comes from."""

    name: str
    text: str
    at: int | None = None
    why: str | None = None
    link: SubjectLink | None = None


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """`cause` is a value of `ArtefactCause` or `EndCause`, or a reason of `x-clerk-auth-reason`."""

    cause: str
    told: str
    advice: str | None = None


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """`source` is the setting, template or rule that put the claim into the token; `link` leads there."""

    name: str
    value: ClaimValue
    meaning: str
    source: str
    at: int | None = None
    link: SubjectLink | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """`is_genuine`: signed with a key of this server, whatever else is wrong with it."""

    bytes: int
    largest: int
    is_genuine: bool
    key_id: str | None
    algorithm: str | None
    claims: list[Claim]


class Attribute(msgspec.Struct, frozen=True, kw_only=True):
    """`expected` is False if this server would not have set the attribute so."""

    name: str
    value: str
    why: str
    expected: bool = True


class Cookie(msgspec.Struct, frozen=True, kw_only=True):
    """`read_by` says which program uses it. The value of a cookie is never shown."""

    name: str
    meaning: str
    read_by: str
    attributes: list[Attribute]
    bytes: int | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of a timeline. `kind` is started, factor, used, place, settings, event, ended or planned; `until` is set
    for a period.
    """

    at: int
    kind: str
    title: str
    detail: str | None = None
    until: int | None = None
    links: list[SubjectLink] = []


class SessionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One session. `end_cause` is None while it is live; `ended_by` is an actor of the audit log or an ID; `end_rule` is the
    setting that ended it, with its value then; `batch_id` names the batch that ended it with others.
    """

    id: str
    user_id: str
    client_id: str
    status: str
    is_live: bool
    told: str
    created_at: int
    last_active_at: int
    ends_at: int
    ended_at: int | None = None
    ended_by: str | None = None
    ended_by_name: str | None = None
    end_cause: str | None = None
    end_rule: str | None = None
    batch_id: str | None = None
    last_token_dies_at: int | None = None
    browser: str | None = None
    device: str | None = None
    ip_address: str | None = None


class UserFacts(msgspec.Struct, frozen=True, kw_only=True):
    """`status` is active, banned, locked or unknown; `told` says by whom and until when."""

    id: str
    status: str
    told: str
    email_address: str | None = None


class RefusalCount(msgspec.Struct, frozen=True, kw_only=True):
    """How often visitors without a session were refused for one reason within the last 48 hours."""

    reason: str
    count: int
    meaning: str


class Inspection(msgspec.Struct, frozen=True, kw_only=True):
    """`headline` is the answer in one sentence; `problems` are its reasons, the deciding one first."""

    subject: Subject
    state: State
    headline: str
    problems: list[Problem] = []
    facts: list[Fact] = []
    token: Token | None = None
    cookies: list[Cookie] = []
    session: SessionFacts | None = None
    sessions: list[SessionFacts] = []
    user: UserFacts | None = None
    timeline: list[Entry] = []
    refusals: list[RefusalCount] = []


def moment_text(at: Instant) -> str:
    """A time in UTC, to the second."""
    return f"{at.datetime():%Y-%m-%d %H:%M:%S} UTC"


def time_fact(name: str, at: Instant, why: str | None = None) -> Fact:
    return Fact(name=name, text=moment_text(at), at=at.millis, why=why)
