"""The colours of hosted pages and their components: one palette per colour scheme."""

from dataclasses import dataclass
from typing import Literal

from sojourn.instances.settings import ThemeSettings

Scheme = Literal["light", "dark"]
_SCHEMES: tuple[Scheme, ...] = ("light", "dark")

_READABLE = 4.5
"""The minimum contrast of text and its background (WCAG 2.2, success criterion 1.4.3)."""
_WHITE, _BLACK = "#ffffff", "#000000"
_STEPS = 20


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as CSS values.

    `accent` is the colour of buttons; `link` is the same colour, adjusted until it is readable on a card.
    """

    page: str
    card: str
    ink: str
    muted: str
    line: str
    field: str
    accent: str
    on_accent: str
    link: str
    danger: str


def palette(theme: ThemeSettings, scheme: Scheme) -> Palette:
    """The owner's colours in the light scheme; in the dark scheme a fixed background with the owner's accent, lightened
    if needed.
    """
    if scheme == "light":
        card = theme.background_color
        rest = {
            "page": theme.page_color,
            "ink": "#1c211e",
            "muted": "#55605a",
            "line": "#cfd5d0",
            "field": card,
            "danger": "#8a2f20",
        }
    else:
        card = "#1b1e24"
        rest = {
            "page": "#0e0f12",
            "ink": "#f2f4f3",
            "muted": "#a9b1ac",
            "line": "#3a3f47",
            "field": "#12141a",
            "danger": "#f2a093",
        }
    link = _readable(theme.color, card)
    accent = theme.color if scheme == "light" else link
    return Palette(card=card, accent=accent, on_accent=_on(accent), link=link, **rest)


def scheme_of(theme: ThemeSettings) -> str:
    """`system`, `light` or `dark`."""
    return "dark" if theme.dark else theme.scheme


def look(theme: ThemeSettings) -> dict[str, object]:
    """Values for `_look.html`: the color scheme and its palettes."""
    return {"scheme": scheme_of(theme), "light": palette(theme, "light"), "dark": palette(theme, "dark")}


def component_looks(theme: ThemeSettings) -> dict[str, object]:
    """The scheme, and the `appearance` of the published components for each; a page chooses by the device's preference."""
    appearances = {scheme: {"variables": _variables(theme, scheme)} for scheme in _SCHEMES}
    return {"scheme": scheme_of(theme), **appearances}


def _variables(theme: ThemeSettings, scheme: Scheme) -> dict[str, str]:
    colors = palette(theme, scheme)
    return {
        "colorPrimary": colors.accent,
        "colorPrimaryForeground": colors.on_accent,
        "colorBackground": colors.card,
        "colorForeground": colors.ink,
        "colorMutedForeground": colors.muted,
        "colorInput": colors.field,
        "colorInputForeground": colors.ink,
        "colorNeutral": colors.ink if scheme == "dark" else "#000000",
        "borderRadius": theme.border_radius,
        "fontFamily": theme.font_family,
    }


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two hexadecimal colours, 1 to 21 (WCAG 2.2). Raises: ValueError for another notation."""
    pair = _channels(one), _channels(other)
    if pair[0] is None or pair[1] is None:
        raise ValueError(f"{one} and {other} are not both hexadecimal colours")
    darker, lighter = sorted((_luminance(pair[0]), _luminance(pair[1])))
    return (lighter + 0.05) / (darker + 0.05)


def _readable(color: str, ground: str) -> str:
    """The colour, mixed with white or black only as much as needed for contrast with the background."""
    own, behind = _channels(color), _channels(ground)
    if own is None or behind is None:  # in another notation the owner's value is used unchanged
        return color
    goal = max(((255, 255, 255), (0, 0, 0)), key=lambda end: contrast(_hexadecimal(end), ground))
    for step in range(_STEPS + 1):
        mixed = _hexadecimal(tuple(round(a + (b - a) * step / _STEPS) for a, b in zip(own, goal, strict=True)))
        if contrast(mixed, ground) >= _READABLE:
            return color if step == 0 else mixed
    return color


def _on(color: str) -> str:
    """White or near black, whichever has more contrast with the colour."""
    if _channels(color) is None:
        return _WHITE
    return max(_WHITE, _BLACK, key=lambda ink: contrast(ink, color))


def _channels(color: str) -> tuple[int, ...] | None:
    digits = color.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    try:
        return tuple(bytes.fromhex(digits)) if color.startswith("#") and len(digits) == 6 else None
    except ValueError:
        return None


def _hexadecimal(channels: tuple[int, ...]) -> str:
    return f"#{bytes(channels).hex()}"


def _luminance(channels: tuple[int, ...]) -> float:
    """Relative luminance, 0 to 1 (WCAG 2.2)."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (channel / 255 for channel in channels)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
