"""The caller is not allowed to do this."""

import math
from datetime import timedelta

from sojourn.errors.error import SojournError


class OriginRefused(SojournError):
    code = "origin_invalid"
    message = "Origin refused"
    advice = "The application does not allow requests from this origin."


class CookiesWithheld(OriginRefused):
    message = "Cookies withheld"

    def __init__(self, page: str, server: str) -> None:
        super().__init__(
            f"The browser treats the page at {page} and this server at {server} as different sites and withholds the"
            " cookies that sign-in needs. Serve the page from the server's site, or proxy the server's requests through"
            " the app."
        )


class Forbidden(SojournError):
    code = "authorization_invalid"
    message = "Not allowed"
    advice = "You are not allowed to do this."


class ReadOnlyKey(Forbidden):
    code = "secret_key_read_only"
    message = "This secret key is read-only"
    advice = "This secret key is read-only. Use a key with the `full` scope for writes."


class SessionLimitReached(Forbidden):
    code = "session_limit_reached"
    message = "Signed in too often"
    advice = "This account is signed in on as many devices as it may be. Sign out on one of them first."


class UserBanned(Forbidden):
    code = "user_banned"
    message = "User banned"
    advice = "You have been banned. If you think this was by mistake, please contact support."


class UserLocked(Forbidden):
    code = "user_locked"
    message = "Account locked"

    def __init__(self, remaining: timedelta | None) -> None:
        if remaining is None:
            super().__init__("Your account is locked. For more information, please contact support.")
            return
        seconds = max(1, int(remaining.total_seconds()))
        super().__init__(
            f"Your account is locked. You will be able to try again in {_words(seconds)}. For more information, please contact support.",
            meta={"lockout_expires_in_seconds": seconds},
        )


def _words(seconds: int) -> str:
    """The remaining time, rounded up so that the lock has ended by then."""
    minutes = math.ceil(seconds / 60)
    number, unit = (minutes, "minute") if minutes < 120 else (math.ceil(minutes / 60), "hour")
    return f"{number} {unit}{'' if number == 1 else 's'}"


class PasswordDisabled(Forbidden):
    code = "password_disabled"
    message = "Password disabled"
    advice = "Too many failed attempts. This password is disabled; reset it to sign in."


class ReverificationRequired(Forbidden):
    code = "session_reverification_required"
    message = "Verify again"
    advice = "Verify your identity again before making this change."


class NotAllowedAccess(Forbidden):
    code = "not_allowed_access"
    message = "Access not allowed."
    advice = "This identifier is not allowed to access this application."


class SignUpRestricted(Forbidden):
    code = "sign_up_mode_restricted"
    message = "Sign-ups restricted"
    advice = "New sign-ups are currently restricted."


class FeatureOff(Forbidden):
    """A published component requested a feature that this instance has turned off."""

    code = "feature_not_enabled"
    message = "Not enabled"
    advice = "This feature is not enabled for this application."
