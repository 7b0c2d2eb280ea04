"""Which paths are public: patterns as the published SDKs write them, everything else protected (R-AUZ-01, R-WEB-08)."""

import re
from collections.abc import Sequence
from functools import lru_cache

_SUSPICIOUS = re.compile(r"//|\\|\x00|%|(?:^|/)\.\.?(?:/|$)|;")
_REMEMBERED = 1024
_PARAMETER = re.compile(r"/:[A-Za-z_]\w*")


class Matcher:
    """`/about`, `/blog(.*)`, `/posts/:id` are matched whole. A path that two readers could read differently is never public."""

    def __init__(self, public: Sequence[str] = (), protected: Sequence[str] = ()) -> None:
        """With `protected` patterns only those are protected, unless they are public too; without, everything is."""
        self._public = _compiled(public)
        self._protected = _compiled(protected)
        self.is_protected = lru_cache(_REMEMBERED)(self._is_protected)

    def _is_protected(self, path: str) -> bool:
        if _SUSPICIOUS.search(path):
            return True
        if any(pattern.fullmatch(path) for pattern in self._public):
            return False
        return not self._protected or any(pattern.fullmatch(path) for pattern in self._protected)


def _compiled(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    return [re.compile(_PARAMETER.sub("/[^/]+", pattern)) for pattern in patterns]
