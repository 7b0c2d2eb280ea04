"""Describes a setting at its declaration, and builds the tree of all settings, from which all lists of settings are
generated.

A field of a settings struct is `name: Annotated[type, About("effect", …)] = default`. Validation, `sojourn settings`,
the page `docs/reference/settings.md`, the environment that components read, and the dashboard are generated from it.
Bounds are checked when an owner changes a setting, never when a stored one is read, because another release may allow
more (R-CFG-01).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from sojourn.errors import Json

Check = Callable[[Any, str], None]
Shown = Callable[[Any], Json]

PAGE = "reference/settings.md"


@dataclass(frozen=True, slots=True)
class Form:
    """A form of text. `parse` makes its one spelling, or raises ValueError with words for the owner; `takes` describes it."""

    takes: str
    parse: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class About:
    """The description of a setting, beside its name, type and default."""

    effect: str
    """One sentence for the owner."""
    min: int | None = None
    max: int | None = None
    """Bounds of a number, both allowed."""
    unit: Literal["seconds"] | None = None
    """The unit of a length of time, which may also be given as text such as `30d` or `PT12H`."""
    form: Form | None = None
    """The form of rendered text."""
    check: Check | None = None
    """Additional validation, called with the value and its dotted name. Raises: FieldError."""
    guide: str = ""
    """A page below `docs/`, with anchor, that explains more."""
    shown: Mapping[str, Shown] = field(default_factory=dict[str, Shown])
    """The place in the environment: dotted paths on the wire, and the encoding there."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A leaf of the tree. `path` is its dotted name, `choices` the words it takes, `default` as JSON."""

    path: str
    kind: type
    is_optional: bool
    choices: tuple[str, ...]
    default: Json
    about: About

    @property
    def group(self) -> str:
        """Empty at the top."""
        return self.path.rpartition(".")[0]

    @property
    def anchor(self) -> str:
        """The setting's anchor in the documentation, below `docs/`."""
        return f"{PAGE}#{self.path}"

    @property
    def json_type(self) -> str:
        """A word of JSON Schema."""
        return {bool: "boolean", int: "integer", str: "string", list: "array", dict: "object"}[self.kind]

    @property
    def takes(self) -> str:
        """The accepted values, in words."""
        if self.about.form:
            words = self.about.form.takes
        elif self.choices:
            words = ", ".join(f"`{choice}`" for choice in self.choices)
        elif self.kind is int:
            words = f"{'seconds' if self.about.unit else 'a number'}, {self.about.min:,} to {self.about.max:,}"
        else:
            words = {bool: "`true` or `false`", str: "text", list: "a list of texts", dict: "an object"}[self.kind]
        return f"{words}, or `null`" if self.is_optional else words

    def of(self, settings: msgspec.Struct) -> Any:
        """The setting's value in an instance's settings."""
        value: Any = settings
        for name in self.path.split("."):
            value = getattr(value, name)
        return value


@cache
def tree(root: type[msgspec.Struct]) -> tuple[Setting, ...]:
    """Every setting of a struct and its groups, in declaration order."""
    return tuple(_settings(root, ""))


@cache
def groups(root: type[msgspec.Struct]) -> Mapping[str, type[msgspec.Struct]]:
    """The groups of settings by their dotted names, each with its struct."""
    found: dict[str, type[msgspec.Struct]] = {}
    for declared in msgspec.structs.fields(root):
        if _is_group(declared.type):
            found[declared.name] = declared.type
            found |= {f"{declared.name}.{inner}": kind for inner, kind in groups(declared.type).items()}
    return found


def _settings(group: type[msgspec.Struct], path: str) -> Iterator[Setting]:
    for declared in msgspec.structs.fields(group):
        if _is_group(declared.type):
            yield from _settings(declared.type, f"{path}{declared.name}.")
        else:
            yield _setting(declared, path)


def _setting(declared: msgspec.structs.FieldInfo, path: str) -> Setting:
    if get_origin(declared.type) is not Annotated:
        raise TypeError(f"the setting {path}{declared.name} says nothing of itself")
    kind, about = get_args(declared.type)
    is_optional = get_origin(kind) is UnionType
    if is_optional:
        (kind,) = (argument for argument in get_args(kind) if argument is not NoneType)
    choices = tuple(str(choice) for choice in get_args(kind)) if get_origin(kind) is Literal else ()
    value: Any = declared.default_factory() if declared.default is msgspec.NODEFAULT else declared.default
    return Setting(
        path + declared.name,
        str if choices else get_origin(kind) or kind,
        is_optional,
        choices,
        msgspec.to_builtins(value),
        about,
    )


def _is_group(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)
