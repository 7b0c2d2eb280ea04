"""What every error has, and errors of no one kind."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, TypeAlias

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
