"""What was asked for is not there, or not at that step any more."""

from sojourn.errors.error import SojournError


class NotFound(SojournError):
    code = "resource_not_found"
    message = "Not found"
    advice = "Nothing with that id exists here."


class Conflict(SojournError):
    code = "conflict"
    message = "Changed meanwhile"
    advice = "Another request changed this at the same moment. Load it again and retry."


class SecretReplaced(SojournError):
    """The client's secret was replaced, by a sign-in or sign-out, before this request was done (R-SES-08)."""

    code = "secret_replaced"
    message = "Signed in or out meanwhile"
    advice = "This browser has just signed in or out, in another tab perhaps. Reload the page and try again."


class Gone(SojournError):
    code = "gone"
    message = "Already used"
    advice = "This can be used once only, and has been used."


class SessionExists(SojournError):
    code = "session_exists"
    message = "Session already exists"
    advice = "You're already signed in."


class IdentifierAlreadySignedIn(SojournError):
    code = "identifier_already_signed_in"
    message = "You're already signed in"
    advice = "You're already signed in"


class WrongStep(SojournError):
    """The attempt is not at the step that was asked of it."""

    code = "verification_not_sent"
    message = "Not the current step"
    advice = "This attempt is not waiting for that step. Load it again and follow its status."


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
