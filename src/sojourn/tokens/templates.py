"""Shortcodes in custom claims: `{{user.public_metadata.plan || 'free'}}` (wire protocol section 8.4)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import msgspec

from sojourn.errors import FieldError, Json
from sojourn.tokens.shortcodes import KNOWN, OPEN, SHORTCODES

_CODE = re.compile(r"\{\{([^{}]{1,256})\}\}")
_OPERAND = re.compile(r"""\s*('[^']*'|"[^"]*"|[^|'"]*?)\s*(\|\||$)""")
_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+){0,15}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_DEEPEST = 16
_MAX_BYTES = 16 * 1024

RESERVED = frozenset(
    {"act", "azp", "exp", "fea", "fva", "handshake", "iat", "iss", "jti", "nbf", "o", "pla", "sid", "sts", "sub", "v"}
)
"""Claims that owners cannot set, because the server sets them or they identify another kind of token (R-JWT-08)."""

RESERVED_IN_SESSIONS = RESERVED | {"org_id", "org_permissions", "org_role", "org_slug"}
"""Reserved in session tokens only; a template may define its own `org_id`."""


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """A reason to reject the claims, with its place. `path` leads to the value; `start` and `end` are positions in its text,
    both 0 where the whole value is meant.
    """

    path: tuple[str | int, ...]
    message: str
    start: int = 0
    end: int = 0


def check_template(claims: Mapping[str, Json], param: str = "claims", *, reserved: frozenset[str] = RESERVED) -> None:
    """Reject claims that would overwrite registered ones, and shortcodes that are malformed or unknown.

    Raises: FieldError for the first problem.
    """
    for problem in problems(claims, reserved=reserved):
        raise FieldError(problem.message, param=param)


def problems(claims: Mapping[str, Json], *, reserved: frozenset[str] = RESERVED) -> Iterator[TemplateProblem]:
    """Every reason to reject the claims, each with its place."""
    for name in claims:
        if name in reserved:
            yield TemplateProblem((name,), f"{name} is a registered claim and cannot be set.")
    yield from _of_value(dict(claims), ())
    if len(msgspec.json.encode(claims)) > _MAX_BYTES:
        yield TemplateProblem((), "The claims are longer than 16 KiB.")


def render(template: Json | Mapping[str, Json], facts: Mapping[str, Json]) -> Json:
    """The template with its shortcodes replaced. A text that consists of one shortcode yields the value with its own
    type.

    The value of a shortcode is not rendered again, so user metadata cannot refer to other facts.

    """
    if isinstance(template, str):
        return _rendered_text(template, facts)
    if isinstance(template, Mapping):
        return {name: render(value, facts) for name, value in template.items()}
    if isinstance(template, list):
        return [render(value, facts) for value in template]
    return template


def mentions(template: Json | Mapping[str, Json], path: str) -> bool:
    """True if a shortcode of the template names the path, such as `user.two_factor_enabled`, or the whole of its root."""
    if isinstance(template, str):
        named = {operand for found in _CODE.finditer(template) for operand in _operands(found[1]) or []}
        return not named.isdisjoint((path, path.partition(".")[0]))
    if isinstance(template, Mapping):
        return any(mentions(value, path) for value in template.values())
    return isinstance(template, list) and any(mentions(value, path) for value in template)


def _rendered_text(text: str, facts: Mapping[str, Json]) -> Json:
    if "{{" not in text:
        return text
    whole = _CODE.fullmatch(text)
    if whole is not None:
        return _value(whole[1], facts)
    return _CODE.sub(lambda found: _as_text(_value(found[1], facts)), text)


def _value(code: str, facts: Mapping[str, Json]) -> Json:
    """The first operand that is neither null nor false, or else the last."""
    value: Json = None
    for operand in _operands(code) or []:
        value = _operand(operand, facts)
        if value is not None and value is not False:
            break
    return value


def _operands(code: str) -> list[str] | None:
    """Split at `||`, respecting quotes; None for malformed text."""
    operands: list[str] = []
    at = 0
    while found := _OPERAND.match(code, at):
        operands.append(found[1])
        at = found.end()
        if not found[2]:
            return operands
    return None


def _operand(text: str, facts: Mapping[str, Json]) -> Json:
    if text[:1] in ("'", '"'):
        return text[1:-1]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if text in ("true", "false"):
        return text == "true"
    value: Json | Mapping[str, Json] = facts
    for name in text.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return dict(value) if isinstance(value, Mapping) else value


def _as_text(value: Json) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def _of_value(value: Json, path: tuple[str | int, ...]) -> Iterator[TemplateProblem]:
    if len(path) >= _DEEPEST:
        yield TemplateProblem(path, "The claims are nested too deeply.")
    elif isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _of_value(inner, (*path, name))
    elif isinstance(value, str):
        yield from _of_text(value, path)


def _of_text(text: str, path: tuple[str | int, ...]) -> Iterator[TemplateProblem]:
    for found in _CODE.finditer(text):
        place = found.span()
        if not _readable(found[1]):
            yield TemplateProblem(path, f"{{{{{found[1].strip()}}}}} is not a valid shortcode.", *place)
        else:
            for operand in _operands(found[1]) or []:
                if advice := _unknown(operand):
                    yield TemplateProblem(path, advice, *place)
    start = _CODE.sub(lambda found: " " * len(found[0]), text).find("{{")
    if start >= 0:
        advice = "A shortcode is written {{user.id}}: one of these is empty, too long, or not closed."
        yield TemplateProblem(path, advice, start, len(text))


def _unknown(operand: str) -> str:
    """Advice for a path that would be null in every token; empty for a known one."""
    if operand[:1] in ("'", '"') or operand in ("true", "false") or _NUMBER.fullmatch(operand):
        return ""
    root, _, rest = operand.partition(".")
    name, _, further = rest.partition(".")
    names = KNOWN.get(root, frozenset())
    if (not rest and names) or (name in names and (not further or name in OPEN)):
        return ""
    advice = f"{{{{{operand}}}}} names nothing."
    if near := get_close_matches(operand, sorted(code.path for code in SHORTCODES), 1):
        advice += f" Did you mean {{{{{near[0]}}}}}?"
    return advice


def _readable(code: str) -> bool:
    operands = _operands(code)
    return operands is not None and all(
        operand[:1] in ("'", '"') or _PATH.fullmatch(operand) or _NUMBER.fullmatch(operand) for operand in operands
    )
