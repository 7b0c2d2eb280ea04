"""The resource does not exist, or its state does not allow the request."""

from sojourn.errors.error import SojournError


class NotFound(SojournError):
    code = "resource_not_found"
    message = "Not found"
    advice = "No resource with this ID exists."


class Conflict(SojournError):
    code = "conflict"
    message = "Conflicting change"
    advice = "Another request changed this resource at the same time. Reload it and try again."


class SecretReplaced(SojournError):
    """A sign-in or sign-out replaced the client's secret before this request completed (R-SES-08)."""

    code = "secret_replaced"
    message = "Sign-in state changed"
    advice = "This browser has just signed in or out, perhaps in another tab. Reload the page and try again."


class Gone(SojournError):
    code = "gone"
    message = "Already used"
    advice = "This can be used only once and has already been used."


class SessionExists(SojournError):
    code = "session_exists"
    message = "Session already exists"
    advice = "You're already signed in."


class IdentifierAlreadySignedIn(SojournError):
    code = "identifier_already_signed_in"
    message = "You're already signed in"
    advice = "You're already signed in"


class WrongStep(SojournError):
    """The attempt is not at the requested step."""

    code = "verification_not_sent"
    message = "Wrong step"
    advice = "The attempt is not waiting for this step. Reload it and follow its `status`."


class CodeNotSent(WrongStep):
    message = "not sent"
    advice = "You need to send a verification code before attempting to verify."


class VerificationExpired(SojournError):
    code = "verification_expired"
    message = "expired"
    advice = "This verification has expired. You must create a new one."


class VerificationFailed(SojournError):
    code = "verification_failed"
    message = "failed"
    advice = "Too many failed attempts. You have to try again with the same or another method."


class AlreadyVerified(SojournError):
    code = "verification_already_verified"
    message = "already verified"
    advice = "This verification has already been verified."
