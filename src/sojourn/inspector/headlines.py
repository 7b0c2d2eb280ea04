"""The headline and the state of an inspection. Pure."""

from collections.abc import Sequence

from sojourn.inspector.inspection import (
    ArtefactCause,
    Problem,
    SessionFacts,
    State,
    Subject,
    UserFacts,
    moment_text,
)
from sojourn.inspector.pasted import Pasted
from sojourn.inspector.tokens import ReadToken
from sojourn.instant import Instant
from sojourn.sessions.session import SessionStatus

SESSION_UNKNOWN = Problem(
    cause=ArtefactCause.SESSION_UNKNOWN,
    told="No session with this ID exists here: it ended long ago and was removed, or it is another server's.",
)
NO_SESSION = Problem(
    cause=ArtefactCause.NO_SESSION, told="There is no session: nobody has signed in, or it was removed long ago."
)
NOT_UNDERSTOOD = Problem(
    cause=ArtefactCause.NOT_UNDERSTOOD,
    told="This is no token, ID, e-mail address, cookie, header or reason that the inspector knows.",
    advice="Paste a session token, an ID of a session or user, an e-mail address, the value of x-clerk-auth-reason, a cookie, or whole header lines.",
)
HANDSHAKE = "This is the result of a handshake, which carries cookies to the app."
CARRIES_NOBODY = "It signs nobody in: it tells the app that the browser is signed out."

_FIRST = frozenset(
    {
        ArtefactCause.KEY_UNKNOWN,
        ArtefactCause.KEY_ROTATED_AWAY,
        ArtefactCause.SIGNATURE_WRONG,
        ArtefactCause.TOKEN_MALFORMED,
        ArtefactCause.ANOTHER_INSTANCE,
        ArtefactCause.WRONG_ISSUER,
        ArtefactCause.CLIENT_COOKIE_DOUBLED,
        ArtefactCause.COOKIES_BLOCKED,
        ArtefactCause.CLOCK_OFF,
        ArtefactCause.NOT_A_SESSION_TOKEN,
    }
)
"""They come before the end of a session: a token that is not ours proves nothing of one."""

_HARMLESS = frozenset({ArtefactCause.TOKEN_TOO_LARGE, ArtefactCause.WRONG_PARTY})
"""The token itself is good; a browser or an app refuses it."""


def subject_of(pasted: Pasted) -> Subject:
    if pasted.has_cookie_header or pasted.headers:
        return Subject.COOKIES if pasted.cookies or pasted.reason is None else Subject.AUTH_REASON
    if pasted.reason is not None:
        return Subject.AUTH_REASON
    return Subject.CLIENT_COOKIE if pasted.client_secrets else Subject.UNKNOWN


def by_weight(problems: Sequence[Problem]) -> list[Problem]:
    """The deciding one first, each once."""
    return sorted(dict.fromkeys(problems), key=lambda problem: problem.cause not in _FIRST)


def of_end(session: SessionFacts) -> list[Problem]:
    """The end of the session as a problem; empty while it is live."""
    if session.is_live:
        return []
    return [Problem(cause=session.end_cause or session.status, told=session.told, advice="Sign in again.")]


def state_of_session(session: SessionFacts, user: UserFacts) -> State:
    return State.SIGNED_IN if session.is_live and user.status in ("active", "locked") else State.SIGNED_OUT


def of_session(session: SessionFacts, user: UserFacts) -> str:
    if session.ended_at is not None:
        return f"The user is signed out of this session since {moment_text(Instant(session.ended_at))}. {session.told}"
    if user.status not in ("active", "locked"):
        return f"The user is signed out. {user.told}"
    if session.status == SessionStatus.PENDING:
        return f"The user is signed in only in part. {session.told}"
    return f"The user is signed in. {session.told}"


def of_user(user: UserFacts, sessions: Sequence[SessionFacts]) -> tuple[State, str, list[Problem]]:
    """`sessions` newest first."""
    live = [session for session in sessions if session.is_live]
    if user.status == "banned":
        problem = Problem(cause=ArtefactCause.USER_BANNED, told=user.told, advice="Lift the ban.")
        return State.SIGNED_OUT, f"The user is signed out. {user.told}", [problem]
    if live:
        locked = f" {user.told}" if user.status == "locked" else ""
        return State.SIGNED_IN, f"The user is signed in, with {counted(len(live), 'live session')}.{locked}", []
    if not sessions:
        return State.SIGNED_OUT, f"The user is signed out. {NO_SESSION.told}", [NO_SESSION]
    last = max(sessions, key=lambda session: session.ended_at or 0)
    since = f"the last session ended on {moment_text(Instant(last.ended_at or 0))}. {last.told}"
    locked = f" {user.told}" if user.status == "locked" else ""
    return State.SIGNED_OUT, f"The user is signed out: {since}{locked}", of_end(last)


def of_client(sessions: Sequence[SessionFacts], problems: Sequence[Problem]) -> tuple[State, str, list[Problem]]:
    """The browser of a client cookie; `problems` are those of the cookie itself."""
    live = [session for session in sessions if session.is_live]
    if problems:
        return State.SIGNED_OUT, problems[0].told, list(problems)
    if live:
        told = f"The browser is signed in, with {counted(len(live), 'live session')}. {live[0].told}"
        return State.SIGNED_IN, told, []
    if not sessions:
        return State.SIGNED_OUT, f"The browser is known, and signed out. {NO_SESSION.told}", [NO_SESSION]
    last = max(sessions, key=lambda session: session.ended_at or 0)
    return State.SIGNED_OUT, f"The browser is signed out. {last.told}", of_end(last)


def of_token(
    read: ReadToken, session: SessionFacts | None, user: UserFacts | None, problems: Sequence[Problem]
) -> tuple[State, str]:
    """`problems` by their weight, the end of the session among them."""
    first = problems[0] if problems else None
    if first is None and session is not None and user is not None:
        return state_of_session(session, user), of_session(session, user)
    if first is None:
        return State.UNCLEAR, "The token is valid."
    is_ours = first.cause not in _FIRST
    if is_ours and session is not None and session.ended_at is not None and user is not None:
        return State.SIGNED_OUT, of_session(session, user)
    if first.cause == ArtefactCause.NOT_A_SESSION_TOKEN:
        return State.UNCLEAR, first.told
    live = (
        " The session itself is live."
        if session is not None and session.is_live and read.token and read.token.is_genuine
        else ""
    )
    state = State.SIGNED_IN if live and all(problem.cause in _HARMLESS for problem in problems) else State.SIGNED_OUT
    return state, f"{first.told}{live}"


def counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def carried_lines(read: ReadToken) -> list[str]:
    """The Set-Cookie lines of a handshake token."""
    listed = (read.claims or {}).get("handshake")
    return [line for line in listed if isinstance(line, str)] if isinstance(listed, list) else []
