"""The request cannot be parsed, or one of its fields is invalid."""

from sojourn.errors.error import SojournError

PUBLISHED_VALUES = "docs/decisions/0015-published-values.md"
"""The page that lists every published value Sojourn rejects, and why."""


class Malformed(SojournError):
    """The request could not be parsed."""

    code = "request_body_invalid"
    message = "Malformed request"
    advice = "The request could not be parsed."


class FieldError(SojournError):
    """A field is invalid; `param` is its wire name."""

    code = "form_param_value_invalid"
    message = "is invalid"


class TooManyToSort(FieldError):
    message = "Too many users to sort"

    def __init__(self, most: int) -> None:
        super().__init__(
            f"More than {most:,} users match, so they can be sorted only by created_at, updated_at, last_sign_in_at or"
            " last_active_at. Use one of these, or a narrower filter.",
            param="order_by",
        )


class FieldMissing(FieldError):
    code = "form_param_missing"
    message = "is missing"

    def __init__(self, param: str) -> None:
        super().__init__(f"{param} is required.", param=param)


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
        super().__init__(f"{param} is not a parameter of this operation.", param=param)


class FieldTooLong(FieldError):
    code = "form_param_max_length_exceeded"
    message = "exceeds maximum length"

    def __init__(self, param: str, longest: int) -> None:
        super().__init__(f"{param} must be at most {longest} characters.", param=param)


class ImageKindUnknown(FieldError):
    """Published components have a text for this code."""

    code = "avatar_file_type_invalid"
    message = "Unsupported image format"
    advice = "Upload a JPEG, PNG, WebP or GIF image."


class StrategyNotPossible(FieldError):
    """The user cannot use this strategy, for example because they have no password."""

    code = "strategy_for_user_invalid"
    message = "Invalid verification strategy"
    advice = "The verification strategy is not valid for this account"


class ValueNotBuilt(FieldError):
    """A value that the published documents name and this server does not support."""

    def __init__(self, what: str, *, param: str) -> None:
        super().__init__(f"{what}: see {PUBLISHED_VALUES}.", param=param)


class StrategyNotBuilt(StrategyNotPossible):
    advice = f"This server does not support that strategy: see {PUBLISHED_VALUES}."
