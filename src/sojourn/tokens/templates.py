"""Shortcodes in custom claims: `{{user.public_metadata.plan || 'free'}}` (wire protocol section 8.4)."""

import re
from collections.abc import Mapping

from sojourn.errors import FieldError, Json

_CODE = re.compile(r"\{\{([^{}]{1,256})\}\}")
_PATH = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+){0,15}")
_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,15})?")
_QUOTED = re.compile(r"'([^'{}]*)'|\"([^\"{}]*)\"")

RESERVED = frozenset({"azp", "exp", "iat", "iss", "jti", "nbf", "sub", "sid", "v", "sts", "fva", "act", "pla", "fea", "o"})


def check_template(claims: Mapping[str, Json], param: str = "claims") -> None:
    """Refuse claims that would overwrite registered ones, and shortcodes that cannot be read. Raises: FieldError."""
    for name in claims:
        if name in RESERVED:
            raise FieldError(f"{name} is a registered claim and cannot be set.", param=param)
    _check(dict(claims), param)


def render(template: Json | Mapping[str, Json], facts: Mapping[str, Json]) -> Json:
    """The template with its shortcodes replaced. A text that is one shortcode yields the value itself, of its type."""
    if isinstance(template, str):
        return _rendered_text(template, facts)
    if isinstance(template, Mapping):
        return {name: render(value, facts) for name, value in template.items()}
    if isinstance(template, list):
        return [render(value, facts) for value in template]
    return template


def _rendered_text(text: str, facts: Mapping[str, Json]) -> Json:
    if "{{" not in text:
        return text
    whole = _CODE.fullmatch(text)
    if whole is not None:
        return _value(whole[1], facts)
    return _CODE.sub(lambda found: _as_text(_value(found[1], facts)), text)


def _value(code: str, facts: Mapping[str, Json]) -> Json:
    """The first operand that is neither null nor false, else the last."""
    value: Json = None
    for operand in code.split("||"):
        value = _operand(operand.strip(), facts)
        if value is not None and value is not False:
            break
    return value


def _operand(text: str, facts: Mapping[str, Json]) -> Json:
    if quoted := _QUOTED.fullmatch(text):
        return quoted[1] if quoted[1] is not None else quoted[2]
    if _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    if text in ("true", "false"):
        return text == "true"
    value: Json = dict(facts)
    for name in text.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def _as_text(value: Json) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _check(value: Json, param: str) -> None:
    if isinstance(value, dict):
        for each in value.values():
            _check(each, param)
    elif isinstance(value, list):
        for each in value:
            _check(each, param)
    elif isinstance(value, str) and "{{" in value:
        for found in _CODE.finditer(value):
            for operand in map(str.strip, found[1].split("||")):
                if not any(shape.fullmatch(operand) for shape in (_PATH, _NUMBER, _QUOTED)):
                    raise FieldError(f"{{{{{found[1].strip()}}}}} is not a shortcode that can be read.", param=param)
