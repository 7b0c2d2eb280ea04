"""The base class of all errors, and the errors that belong to no group."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeAlias

Json: TypeAlias = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


class SojournError(Exception):
    """Base class of every error that Sojourn raises. Subclasses set `code`, `message` and `advice`."""

    code: ClassVar[str] = "internal_error"
    message: ClassVar[str] = "Something went wrong"
    advice: ClassVar[str] = ""
    says_one_thing: ClassVar[bool] = False
    """`message` and `long_message` are the same text, because custom flows show either of them."""
    stands_above_form: ClassVar[bool] = False
    """Shown beside the field and again above the form, where the component's own validation does not remove it."""

    def __init__(
        self, advice: str | None = None, *, param: str | None = None, meta: Mapping[str, Json] | None = None
    ) -> None:
        self.long_message = advice or self.advice or self.message
        self.param = param
        self.meta: dict[str, Json] = dict(meta or {})
        super().__init__(f"{self.code}: {self.long_message}")


class SeveralErrors(SojournError):
    """More than one field is invalid; the response lists every error."""

    code = "form_param_invalid"

    def __init__(self, errors: Sequence[SojournError]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(error.long_message for error in errors))


class ConfigError(SojournError):
    """The configuration is invalid and the process must not start. `long_message` is one line that says what to set."""

    code = "configuration_invalid"
    message = "Invalid configuration"
