"""The cost of checking a stored password, by a name that is taken from its digest (R-ENU-02)."""

import re

from sojourn.factors.password_hashers import StoredPassword
from sojourn.factors.password_hashing import is_current

_COST = re.compile(
    r"^(?:\$wp)?\$2[aby]\$(?P<bcrypt>\d\d)\$|bcrypt_sha256\$\$2[aby]\$(?P<django>\d\d)\$|\$argon2(?:id|i)\$v=\d+\$(?P<argon2>m=\d+,t=\d+,p=\d+)\$"
    r"|^pbkdf2_[a-z0-9_]+\$(?P<pbkdf2>\d+)\$|^scrypt:(?P<scrypt>\d+:\d+:\d+)\$|\$(?P<firebase>\d+\$\d+)$"
    r"|^\$[PH]\$(?P<phpass>.)|^sha512_symfony\$(?P<symfony>\d+)\$"
)

_NUMBER = re.compile(r"\d+")


def cost_of(stored: StoredPassword | None) -> str | None:
    """Hasher and cost parameters, such as `bcrypt 12`; equal for all hashes that take equally long.

    None for our own current form.
    """
    if stored is None or is_current(stored):
        return None
    found = _COST.search(stored.digest)
    costs = next((value for value in found.groupdict().values() if value), "") if found else ""
    return f"{stored.hasher[:40]} {_NUMBER.sub(_rounded_up, costs)}".strip()


def _rounded_up(number: re.Match[str]) -> str:
    """Rounds up to two significant digits, because some systems vary the rounds of each hash slightly and each cost is
    measured once.
    """
    step = 10 ** max(0, len(number[0]) - 2)
    return str(-(-int(number[0]) // step) * step)
