"""Passwords that attackers try first: the lists that the installed zxcvbn package ships, and their usual variations.

Stored as sorted 8-byte digests, which take a megabyte or two of memory instead of the texts (R-PWD-09).
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
    """Omits entries shorter than the shortest allowed password."""
    before = set(sys.modules)
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    # in groups by first byte, so that few Python objects exist at a time; a process does not return memory that it once
    # used
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
    gc.collect()  # modules contain reference cycles: without a collection the texts, 7 MB, would stay until the next full one
    return known


def _digest(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")
