"""Passwords that attackers try first: the lists that the installed zxcvbn package ships, and their usual variations.

Kept as sorted 8-byte digests, so that a worker holds a megabyte or two and not the texts (R-PWD-09).
"""

import gc
import hashlib
import sys
from array import array
from bisect import bisect_left
from functools import cache
from itertools import chain

_ENDINGS = ("", "1", "123")
_SHORTEST = 8


def is_common(password: str) -> bool:
    """True if the password is on the list, compared without case."""
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

    # by their first byte, so that few are texts or numbers of Python's at a time: what a worker once took it keeps
    parts = [array("Q") for _ in range(256)]
    for word in chain.from_iterable(FREQUENCY_LISTS.values()):
        for ending in _ENDINGS:
            if len(word) + len(ending) >= _SHORTEST:
                digest = _digest(word + ending)
                parts[digest >> 56].append(digest)
    for name in set(sys.modules) - before:
        if name.startswith("zxcvbn"):
            del sys.modules[name]
    known = array("Q")
    for part in parts:
        known.extend(sorted(set(part)))
    del FREQUENCY_LISTS, parts
    gc.collect()  # modules refer to themselves: without it the texts, 7 MB, would stay until the next full collection
    return known


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
