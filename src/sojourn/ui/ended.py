"""Tell a person at the sign-in page why their session ended.

Only the browser that had the session gets the message, and not for actions of the user in that browser. Bans and locks
read like any other end by an administrator, so a person who finds the browser learns nothing about the account
(R-ENU-01).
"""

from datetime import timedelta

from sojourn.errors import SojournError
from sojourn.sessions.end_cause import EndCause
from sojourn.sessions.session import Session
from sojourn.web.frontend_api.context import ClientContext

_TOLD_FOR = timedelta(days=30)

_BY_ADMINISTRATOR = "An administrator ended your session on {day}."
SENTENCES: dict[EndCause, str] = {
    EndCause.SIGNED_OUT_ELSEWHERE: "Your session was ended from another device on {day}.",
    EndCause.SESSION_LIMIT: "Your session ended on {day}, because you signed in on another device.",
    EndCause.REVOKED: _BY_ADMINISTRATOR,
    EndCause.ALL_REVOKED: _BY_ADMINISTRATOR,
    EndCause.USER_BANNED: _BY_ADMINISTRATOR,
    EndCause.USER_LOCKED: _BY_ADMINISTRATOR,
    EndCause.PASSWORD_CHANGED: "Your session ended because your password was changed on {day}.",
    EndCause.PASSWORD_REMOVED: "Your session ended because your password was removed on {day}.",
    EndCause.PASSWORD_COMPROMISED: "Your session ended on {day}, because your password is known to others.",
    EndCause.ADDRESS_REPLACED: "Your session ended because your e-mail address was changed on {day}.",
    EndCause.ADDRESS_REMOVED: "Your session ended because an e-mail address was removed from your account on {day}.",
    EndCause.CREDENTIAL_REMOVED: "Your session ended because a way to sign in was removed from your account on {day}.",
    EndCause.EXPIRED: "Your session reached its maximum length on {day}. Sign in again to continue.",
    EndCause.INACTIVE: "You were signed out on {day}, because you had not been active for a while.",
    EndCause.IMPERSONATION_OVER: "The time for acting as this user is over.",
}


async def told_end(context: ClientContext) -> str | None:
    """The sentence for this browser; None if there is nothing to say."""
    try:
        caller = await context.caller()
        if caller.client is None:
            return None
        session = await context.engine.clients.last_session(caller.client)
    except SojournError:  # the page itself reports errors
        return None
    return None if session is None else _sentence(session, context)


def _sentence(session: Session, context: ClientContext) -> str | None:
    sentence = None if session.end_cause is None else SENTENCES.get(session.end_cause)
    if sentence is None or session.ended_at is None or context.now > session.ended_at + _TOLD_FOR:
        return None
    day = session.ended_at.datetime()
    return sentence.format(day=f"{day:%B} {day.day}")
