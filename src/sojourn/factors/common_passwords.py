"""Passwords that attackers try first: the lists that the installed zxcvbn package ships, and their usual variations.

Kept as sorted 8-byte digests, so that a worker holds a megabyte or two and not the texts (R-PWD-09).
"""

import hashlib
import sys
from array import array
from bisect import bisect_left
from functools import cache
from itertools import chain

_ENDINGS = ("", "1", "123")
_SHORTEST = 8


def is_common(password: str) -> bool:
    """Whether the password, whatever its capitals, is on the list."""
    known = _digests()
    wanted = _digest(password.casefold())
    place = bisect_left(known, wanted)
    return place < len(known) and known[place] == wanted


def size() -> int:
    return len(_digests())


@cache
def _digests() -> "array[int]":
    """Nothing shorter than the shortest password allowed needs a place here."""
    before = set(sys.modules)
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    words = set(chain.from_iterable(FREQUENCY_LISTS.values()))
    for name in set(sys.modules) - before:
        if name.startswith("zxcvbn"):
            del sys.modules[name]  # the texts are not needed again
    varied = {word + ending for word in words for ending in _ENDINGS if len(word) + len(ending) >= _SHORTEST}
    return array("Q", sorted({_digest(each) for each in varied}))


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
