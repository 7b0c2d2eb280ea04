"""Parsed types of theme values and page URLs. Output is rendered from the parsed value, never from the input. Each
`parse` raises ValueError with a message for the owner; `str()` returns the normalized text.
"""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit, urlunsplit

from sojourn.origin import is_loopback

_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})", re.ASCII | re.IGNORECASE)
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)", re.ASCII | re.IGNORECASE)
_LENGTH = re.compile(r"(\d{1,4}(?:\.\d{1,3})?)(px|rem|em|%)", re.ASCII | re.IGNORECASE)
_FONT = re.compile(r"[^\W\d_][\w -]{0,63}")
_WORD = re.compile(r"-?[A-Za-z][A-Za-z0-9-]*", re.ASCII)
_MAX_FONTS = 10
_MAX_LENGTH = 2048
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\x9f\\\"'<>]")


@dataclass(frozen=True, slots=True)
class Color:
    """An opaque sRGB colour, each channel 0 to 255."""

    red: int
    green: int
    blue: int

    @classmethod
    def parse(cls, text: str) -> "Color":
        """`#rgb`, `#rrggbb` or `rgb(r, g, b)`."""
        if found := _HEX.fullmatch(text.strip()):
            digits = found[1] if len(found[1]) == 6 else "".join(digit * 2 for digit in found[1])
            return cls(*bytes.fromhex(digits))
        if found := _RGB.fullmatch(text.strip()):
            channels = [int(channel) for channel in found.groups()]
            if max(channels) <= 255:
                return cls(*channels)
        raise ValueError("must be a colour such as #2f6f4f")

    def __str__(self) -> str:
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"


@dataclass(frozen=True, slots=True)
class Length:
    """A non-negative CSS length."""

    number: float
    unit: str

    @classmethod
    def parse(cls, text: str) -> "Length":
        """`0`, or a number in px, rem, em or %."""
        if text.strip() == "0":
            return cls(0, "")
        found = _LENGTH.fullmatch(text.strip())
        if found is None:
            raise ValueError("must be a length such as 0.5rem or 8px")
        return cls(float(found[1]), found[2].lower())

    def __str__(self) -> str:
        return f"{self.number:g}{self.unit}"


@dataclass(frozen=True, slots=True)
class Fonts:
    """Names of fonts in order of preference."""

    names: tuple[str, ...]

    @classmethod
    def parse(cls, text: str) -> "Fonts":
        """Comma-separated names, quoted or not."""
        names = tuple(_unquoted(name.strip()) for name in text.split(","))
        if len(names) > _MAX_FONTS or not all(_FONT.fullmatch(name) for name in names):
            raise ValueError('must be names of fonts such as "Open Sans", sans-serif')
        return cls(names)

    def __str__(self) -> str:
        return ", ".join(name if _WORD.fullmatch(name) else f'"{name}"' for name in self.names)


def _unquoted(name: str) -> str:
    is_quoted = len(name) > 1 and name[0] == name[-1] and name[0] in "\"'"
    return name[1:-1] if is_quoted else name


@dataclass(frozen=True, slots=True)
class WebAddress:
    """An https address, a path of this server or, for pages, http on this machine: never another scheme (R-ADV-01)."""

    parts: SplitResult

    @classmethod
    def parse(cls, text: str, *, with_loopback: bool = False) -> "WebAddress":
        """`https://host/…` or `/…`. User information, control characters, spaces, quotes and backslashes are refused."""
        refused = ValueError("must be an address such as https://app.example.com/home, or a path such as /home")
        if len(text) > _MAX_LENGTH or _FORBIDDEN.search(text):
            raise refused
        try:
            parts = urlsplit(text)
            host, _ = parts.hostname, parts.port
        except ValueError:
            raise refused from None
        is_path = not parts.scheme and not parts.netloc and text.startswith("/") and not text.startswith("//")
        is_here = with_loopback and parts.scheme == "http" and is_loopback(host or "")
        is_web = bool(host) and "@" not in parts.netloc and (parts.scheme == "https" or is_here)
        if not (is_path or is_web):
            raise refused
        return cls(parts)

    @property
    def origin(self) -> str:
        """Empty for a path."""
        return f"{self.parts.scheme}://{self.parts.netloc}" if self.parts.netloc else ""

    def __str__(self) -> str:
        return urlunsplit(self.parts)
