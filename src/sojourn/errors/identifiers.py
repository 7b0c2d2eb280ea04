"""An identifier is at fault."""

from sojourn.errors.fields import FieldError


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


class LastIdentifier(FieldError):
    code = "last_identifier_deletion_failed"
    message = "Last address"
    advice = "The last address of an account cannot be removed. Add another first."
