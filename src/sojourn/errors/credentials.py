"""A password or code was rejected."""

from sojourn.errors.fields import FieldError


class WrongPassword(FieldError):
    code = "form_password_incorrect"
    message = "Password is incorrect. Try again, or use another method."
    says_one_thing = True


class WrongPasswordOrIdentifier(FieldError):
    """Strict enumeration protection: does not reveal which of the two was wrong (R-ENU-01)."""

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
    """The correct password, which a server has marked as compromised. Components offer another factor or a reset."""

    code = "form_password_compromised"
    message = "Password compromised"
    advice = 'This password may be known to others and no longer works. Start again and choose "Forgot password?" to set a new one.'


class PasswordUnchanged(FieldError):
    code = "form_new_password_matches_current"
    message = "Password unchanged"
    advice = "The new password must differ from the current one."


class WrongCode(FieldError):
    code = "form_code_incorrect"
    message = "is incorrect"
    advice = "Incorrect code."

    def __init__(self) -> None:
        super().__init__(param="code")
