"""The request carries no valid authentication."""

from sojourn.errors.error import SojournError


class NotAuthenticated(SojournError):
    code = "authentication_invalid"
    message = "Not signed in"
    advice = "This request needs a signed-in session. Sign in and try again."


class SignedOut(NotAuthenticated):
    code = "signed_out"
    message = "Signed out"
    advice = "You are signed out. Sign in to continue."


class SessionEnded(NotAuthenticated):
    code = "session_not_found"
    message = "Session ended"
    advice = "This session has ended. Sign in again."


class UnknownDevBrowser(NotAuthenticated):
    code = "dev_browser_unauthenticated"
    message = "Unknown development browser"
    advice = "This development browser is unknown. Request a new one."


class BadSecretKey(NotAuthenticated):
    code = "secret_key_invalid"
    message = "Invalid secret key"
    advice = "Send `Authorization: Bearer sk_...` with a secret key of this server; `sojourn env` prints it."


class BadPublishableKey(NotAuthenticated):
    code = "publishable_key_invalid"
    message = "Invalid publishable key"
    advice = "No application of this server has this publishable key; `sojourn env` prints the right one."


class TokenRefused(NotAuthenticated):
    """A session token that does not verify. `reason` is one of the strings the published SDKs use (`token-expired` …).

    `issued_at`, in seconds, is set for a genuine token that is not yet valid or has expired by this machine's clock.
    """

    code = "token_invalid"
    message = "The session token was refused"

    def __init__(self, reason: str, advice: str, *, issued_at: int | None = None) -> None:
        self.reason = reason
        self.issued_at = issued_at
        super().__init__(advice, meta={"reason": reason})
