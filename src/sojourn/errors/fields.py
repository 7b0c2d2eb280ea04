"""The request cannot be read, or a field of it is at fault."""

from sojourn.errors.error import SojournError

PUBLISHED_VALUES = "docs/decisions/0015-published-values.md"
"""The page with every published value that is refused, and why."""


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


class StrategyNotPossible(FieldError):
    """The user cannot prove themselves that way: no password set, address not theirs."""

    code = "strategy_for_user_invalid"
    message = "Invalid verification strategy"
    advice = "The verification strategy is not valid for this account"


class ValueNotBuilt(FieldError):
    """A value that the published documents name and this server does not answer to."""

    def __init__(self, what: str, *, param: str) -> None:
        super().__init__(f"{what}: see {PUBLISHED_VALUES}.", param=param)


class StrategyNotBuilt(StrategyNotPossible):
    advice = f"This server has no such strategy: see {PUBLISHED_VALUES}."
