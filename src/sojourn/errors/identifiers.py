"""An identifier was rejected."""

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
    message = "Invalid username length"


class UsernameCharacter(FieldError):
    code = "form_username_invalid_character"
    message = "Invalid username"


class LastIdentifier(FieldError):
    code = "last_identifier_deletion_failed"
    message = "Last identifier"
    advice = "You cannot remove the last address of an account. Add another one first."
