"""Matches public paths by patterns as in the published SDKs; everything else is protected (R-AUZ-01, R-WEB-08)."""

import re
from collections.abc import Sequence
from functools import lru_cache

from sojourn.errors import ConfigError

_SUSPICIOUS = re.compile(r"//|[\x00-\x1f\x7f\\%;]|(?:^|/)\.\.?(?:/|$)|^(?!/)")
_REMEMBERED = 1024
_PARAMETER = re.compile(r"/:[A-Za-z_]\w*")
_DOT = re.compile(r"(?<!\\)\.(?![*+?{])")


class Matcher:
    """`/about`, `/blog(.*)`, `/posts/:id` are matched whole. A path that two parsers could read differently is never
    public. Public patterns match exactly. Protected patterns ignore case and a trailing slash, because some routers do.
    """

    def __init__(self, public: Sequence[str] = (), protected: Sequence[str] = ()) -> None:
        """With `protected` patterns only these paths are protected, unless they are public too; without them,
        everything is. Raises: ConfigError with a hint for a pattern that would not match the paths that it seems to.
        """
        for name, patterns in (("public", public), ("protected", protected)):
            _check(name, patterns)
        self.protects_all = not public and not protected
        """True if the result is the same for every path."""
        self._public = [re.compile(_DOT.sub(r"\\.", _parameters(pattern))) for pattern in public]
        self._protected = [re.compile(_parameters(pattern), re.IGNORECASE) for pattern in protected]
        self.is_protected = lru_cache(_REMEMBERED)(self._is_protected)

    def _is_protected(self, path: str) -> bool:
        if _SUSPICIOUS.search(path):
            return True
        if any(pattern.fullmatch(path) for pattern in self._public):
            return False
        forms = (path, path.rstrip("/") or "/", f"{path}/")
        return not self._protected or any(pattern.fullmatch(form) for pattern in self._protected for form in forms)


_TYPOS = (
    (re.compile(r"/\*"), "`*` alone repeats the slash before it; write (.*) for whatever follows: {slash}"),
    (re.compile(r"\{[A-Za-z_]"), "a part of a path is written :name, as in /posts/:id"),
    (re.compile(r"(?<!\?P)(?<!\?)<[A-Za-z_]"), "a part of a path is written :name, as in /posts/:id"),
    (re.compile(r"[?#](?=[\w-]+=)|#"), "patterns are of paths, without query and fragment"),
    (re.compile(r"\s"), "there is white space in it"),
)


def _check(name: str, patterns: Sequence[str]) -> None:
    if isinstance(patterns, str):
        raise ConfigError(f"{name} is a list of patterns: write [{patterns!r}]")
    for pattern in patterns:
        if not pattern.startswith(("/", "(", "^", "[", ".")):
            raise ConfigError(
                f"the {name} pattern {pattern!r} matches no path: a path begins with a slash, as in '/{pattern.lstrip('/')}'"
            )
        for typo, hint in _TYPOS:
            if typo.search(pattern):
                told = hint.format(slash=re.sub(r"\*+", "(.*)", pattern)) if "{slash}" in hint else hint
                raise ConfigError(f"the {name} pattern {pattern!r} is not what it seems: {told}")
        try:
            re.compile(_parameters(pattern))
        except re.error as error:
            raise ConfigError(f"the {name} pattern {pattern!r} cannot be read: {error}") from error


def _parameters(pattern: str) -> str:
    return _PARAMETER.sub("/[^/]+", pattern)
