"""SojournError and every public error code.

A code is stable: published SDKs branch on it and translate by it. `web/errors.py` holds the one table from code to
HTTP status; nothing here knows HTTP. `message` says what was wrong in a few words, `long_message` what to do about it,
`param` names the field at fault, and `meta` carries what an SDK reads beside it. None of them holds what a person typed.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar, TypeAlias

PUBLISHED_VALUES = "docs/decisions/0015-published-values.md"
"""The page with every published value that is refused, and why."""

Json: TypeAlias = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class SojournError(Exception):
    """Anything Sojourn refuses. Subclasses set `code`, `message` and `advice`."""

    code: ClassVar[str] = "internal_error"
    message: ClassVar[str] = "Something went wrong"
    advice: ClassVar[str] = ""
    says_one_thing: ClassVar[bool] = False
    """The published code has one text, which custom flows show: `message` and `long_message` are alike."""
    stands_above_form: ClassVar[bool] = False
    """Told beside its field and once more above the form, where no check of the component's own takes it away."""

    def __init__(
        self, advice: str | None = None, *, param: str | None = None, meta: Mapping[str, Json] | None = None
    ) -> None:
        self.long_message = advice or self.advice or self.message
        self.param = param
        self.meta: dict[str, Json] = dict(meta or {})
        super().__init__(f"{self.code}: {self.long_message}")


class SeveralErrors(SojournError):
    """More than one field is at fault; the answer lists them all."""

    code = "form_param_invalid"

    def __init__(self, errors: Sequence[SojournError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(error.long_message for error in errors))


class ConfigError(SojournError):
    """The process must not start; `long_message` is the one line that says what to set."""

    code = "configuration_invalid"
    message = "The configuration cannot be used"


# -- Who is asking ---------------------------------------------------------------------------------------------


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
    advice = "This development browser is not known here. A new one must be requested."


class BadSecretKey(NotAuthenticated):
    code = "secret_key_invalid"
    message = "The secret key is not valid"
    advice = "Send `Authorization: Bearer sk_...` with a secret key of this server; `sojourn env` prints it."


class BadPublishableKey(NotAuthenticated):
    code = "publishable_key_invalid"
    message = "The publishable key is not valid"
    advice = "No application of this server has that publishable key; `sojourn env` prints the right one."


class TokenRefused(NotAuthenticated):
    """A session token that does not verify. `reason` is one of the strings the published SDKs use (`token-expired` …).

    `issued_at` is in seconds, of a genuine token that came too early or too late by this machine's clock.
    """

    code = "token_invalid"
    message = "The session token was refused"

    def __init__(self, reason: str, advice: str, *, issued_at: int | None = None) -> None:
        self.reason = reason
        self.issued_at = issued_at
        super().__init__(advice, meta={"reason": reason})


class OriginRefused(SojournError):
    code = "origin_invalid"
    message = "Origin refused"
    advice = "This request does not come from an origin that the application allows."


class CookiesWithheld(OriginRefused):
    message = "Cookies withheld"

    def __init__(self, page: str, server: str) -> None:
        super().__init__(
            f"The page at {page} and this server at {server} are different sites to the browser, so it keeps back the"
            " cookies that sign-in needs. Open the page at an address of the server's site, or pass the server's"
            " requests through the app (a proxy)."
        )


class Forbidden(SojournError):
    code = "authorization_invalid"
    message = "Not allowed"
    advice = "You are not allowed to do this."


class ReadOnlyKey(Forbidden):
    code = "secret_key_read_only"
    message = "This secret key may only read"
    advice = "This secret key has the scope read. Use one with the scope full to change anything."


class UserBanned(Forbidden):
    code = "user_banned"
    message = "User is banned"
    advice = "This account has been suspended. Contact support if you think this is a mistake."


class UserLocked(Forbidden):
    code = "user_locked"
    message = "Account locked"

    def __init__(self, remaining: timedelta | None) -> None:
        if remaining is None:
            super().__init__("Your account is locked. Contact support to unlock it.")
            return
        seconds = max(1, int(remaining.total_seconds()))
        super().__init__(
            f"Your account is locked. You can try again in {max(1, round(seconds / 60))} minutes.",
            meta={"lockout_expires_in_seconds": seconds},
        )


class PasswordDisabled(Forbidden):
    code = "password_disabled"
    message = "Password disabled"
    advice = "This password was tried wrongly too often and no longer works. Set a new one with a code sent by e-mail."


class ReverificationRequired(Forbidden):
    code = "session_reverification_required"
    message = "Verify again"
    advice = "Confirm that it is you before changing this."


class NotAllowedAccess(Forbidden):
    code = "not_allowed_access"
    message = "Access not allowed"
    advice = "This identifier is not permitted to sign up or sign in here."


class SignUpRestricted(Forbidden):
    code = "sign_up_mode_restricted"
    message = "Sign-up is closed"
    advice = "Sign-up is by invitation only here."


class FeatureOff(Forbidden):
    """Something a published component can ask for that this instance has switched off."""

    code = "feature_not_enabled"
    message = "Not enabled"
    advice = "This feature is not enabled for this application."


# -- What was asked for ----------------------------------------------------------------------------------------


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
    message = "Already signed in"
    advice = "You are already signed in; sign out first."


class IdentifierAlreadySignedIn(SojournError):
    code = "identifier_already_signed_in"
    message = "Already signed in"
    advice = "This account is already signed in on this browser."


class WrongStep(SojournError):
    """The attempt is not at the step that was asked of it."""

    code = "verification_not_sent"
    message = "Not the current step"
    advice = "This attempt is not waiting for that step. Load it again and follow its status."


class VerificationExpired(SojournError):
    code = "verification_expired"
    message = "Expired"
    advice = "This code or attempt has expired. Start again to get a new one."


class VerificationFailed(SojournError):
    code = "verification_failed"
    message = "Too many tries"
    advice = "Too many wrong codes. Ask for a new one."


class AlreadyVerified(SojournError):
    code = "verification_already_verified"
    message = "Already verified"
    advice = "This has been verified already."


class TooManyRequests(SojournError):
    code = "too_many_requests"
    message = "Too many requests"

    def __init__(self, retry_after: timedelta) -> None:
        self.retry_after = retry_after
        super().__init__("Too many requests. Wait a moment, then try again.")


class ServerUnreachable(SojournError):
    """Raised in apps whose server is elsewhere; whoever asked is not told yes."""

    code = "server_unreachable"
    message = "The Sojourn server does not answer"
    advice = "The Sojourn server could not be reached, or failed. Check its address and that it runs, then try again."


class Overloaded(SojournError):
    code = "service_unavailable"
    message = "Busy"

    def __init__(self, retry_after: timedelta = timedelta(seconds=1)) -> None:
        self.retry_after = retry_after
        super().__init__("The server is busy. Try again in a moment.")


# -- Fields ----------------------------------------------------------------------------------------------------


class Malformed(SojournError):
    """The request could not be read at all."""

    code = "request_body_invalid"
    message = "Request not readable"
    advice = "The request could not be read."


class FieldError(SojournError):
    """A field is at fault; `param` is its wire name."""

    code = "form_param_value_invalid"
    message = "is invalid"


class TooManyToSort(FieldError):
    message = "Too many to sort"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"Only created_at, updated_at, last_sign_in_at and last_active_at can order more than {most:,} users. Use one of"
            " them, or a filter that keeps fewer.",
            param="order_by",
        )


class FieldMissing(FieldError):
    code = "form_param_missing"
    message = "is missing"

    def __init__(self, param: str) -> None:
        super().__init__(f"{param} must be given.", param=param)


class FieldEmpty(FieldError):
    code = "form_param_nil"
    message = "is empty"

    def __init__(self, param: str) -> None:
        super().__init__(f"{param} must not be empty.", param=param)


class FieldFormat(FieldError):
    code = "form_param_format_invalid"
    message = "is invalid"


class FieldUnknown(FieldError):
    code = "form_param_unknown"
    message = "is unknown"

    def __init__(self, param: str) -> None:
        super().__init__(f"{param} is not a field of this operation.", param=param)


class FieldTooLong(FieldError):
    code = "form_param_max_length_exceeded"
    message = "exceeds maximum length"

    def __init__(self, param: str, longest: int) -> None:
        super().__init__(f"{param} must be at most {longest} characters.", param=param)


class ImageKindUnknown(FieldError):
    """The code is one that published components have words for."""

    code = "avatar_file_type_invalid"
    message = "Not a picture"
    advice = "Choose a picture in one of the formats JPEG, PNG, WebP or GIF."


class UnknownIdentifier(FieldError):
    code = "form_identifier_not_found"
    message = "Couldn't find your account."
    says_one_thing = True


class IdentifierTaken(FieldError):
    code = "form_identifier_exists"
    message = "That identifier is taken. Please try another."
    says_one_thing = True


class UsernameLength(FieldError):
    code = "form_username_invalid_length"
    message = "Invalid user name length"


class UsernameCharacter(FieldError):
    code = "form_username_invalid_character"
    message = "Invalid user name"


class WrongPassword(FieldError):
    code = "form_password_incorrect"
    message = "Password is incorrect. Try again, or use another method."
    says_one_thing = True


class WrongPasswordOrIdentifier(FieldError):
    """What strict enumeration protection says instead of telling which of the two was wrong (R-ENU-01)."""

    code = "form_password_or_identifier_incorrect"
    message = "Password or e-mail address is incorrect. Try again, or use another method."
    says_one_thing = True


class PasswordTooShort(FieldError):
    code = "form_password_length_too_short"
    message = "Password too short"
    says_one_thing = True


class PasswordTooLong(FieldError):
    code = "form_password_length_too_long"
    message = "Password too long"
    says_one_thing = True


class PasswordTooManyBytes(FieldError):
    code = "form_password_size_in_bytes_exceeded"
    message = "Password too long"
    says_one_thing = True


class PasswordCommon(FieldError):
    code = "form_password_pwned"
    message = "Password too common"
    advice = "This password is on a list that attackers try first. Choose a different one."
    stands_above_form = True


class PasswordCompromised(FieldError):
    """The right password, which a server has marked as known to others. Components offer another way in, or a reset."""

    code = "form_password_compromised"
    message = "Password compromised"
    advice = (
        'This password may be known to others and no longer works. Start again and choose "Forgot password?" to set a new one.'
    )


class PasswordUnchanged(FieldError):
    code = "form_new_password_matches_current"
    message = "Password unchanged"
    advice = "The new password must differ from the current one."


class StrategyNotPossible(FieldError):
    """The user cannot prove themselves that way: no password set, address not theirs."""

    code = "strategy_for_user_invalid"
    message = "Strategy not possible"
    advice = "The verification strategy is not valid for this account."


class ValueNotBuilt(FieldError):
    """A value that the published documents name and this server does not answer to."""

    def __init__(self, what: str, *, param: str) -> None:
        super().__init__(f"{what}: see {PUBLISHED_VALUES}.", param=param)


class StrategyNotBuilt(StrategyNotPossible):
    advice = f"This server has no such strategy: see {PUBLISHED_VALUES}."


class WrongCode(FieldError):
    code = "form_code_incorrect"
    message = "is incorrect"
    advice = "Incorrect code."

    def __init__(self) -> None:
        super().__init__(param="code")


class LastIdentifier(FieldError):
    code = "last_identifier_deletion_failed"
    message = "Last address"
    advice = "The last address of an account cannot be removed. Add another first."
