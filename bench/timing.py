"""`make timing`: whether the length of a refusal tells who has an account, and with which hash (R-ENU-02).

200 pairs of a refused sign-in for each hasher, one of a stranger and one of an account with such a hash, at once and in strict protection;
Welch's t of their times must stay below 4.5. Too slow and too noisy for the gate, which compares what is computed instead.
"""

import asyncio
import hashlib
import sys
import tempfile
from math import sqrt
from pathlib import Path
from statistics import fmean, variance
from time import perf_counter

import bcrypt

from sojourn.config import Config
from sojourn.engine import Engine
from sojourn.errors import SojournError
from sojourn.secret import Secret
from sojourn.sessions.caller import Caller
from sojourn.sessions.session import Device
from sojourn.sign_ins.attempt import SignInInput
from sojourn.users.new_user import NewUser
from sojourn.users.user import User

_PAIRS, _MAX_T = 200, 4.5
_PASSWORD, _WRONG = "correct horse battery staple", "violet umbrella at the ferry"


def _pbkdf2(rounds: int) -> str:
    return f"pbkdf2_sha512${rounds}$salt${hashlib.pbkdf2_hmac('sha512', _PASSWORD.encode(), b'salt', rounds).hex()}"


HASHERS = {
    "argon2id": None,
    "bcrypt 10": ("bcrypt", bcrypt.hashpw(_PASSWORD.encode(), bcrypt.gensalt(10)).decode()),
    "bcrypt 13": ("bcrypt", bcrypt.hashpw(_PASSWORD.encode(), bcrypt.gensalt(13)).decode()),
    "pbkdf2 600,000": ("pbkdf2_sha512", _pbkdf2(600_000)),
    "md5": ("md5", hashlib.md5(_PASSWORD.encode(), usedforsecurity=False).hexdigest()),
}


async def _refusal(engine: Engine, email: str) -> float:
    began = perf_counter()
    try:
        await engine.sign_ins.create(
            Caller(engine.instance, None, Device()), SignInInput(identifier=email, password=_WRONG)
        )
    except SojournError:
        return perf_counter() - began
    raise AssertionError("a wrong password was let in")


async def _pair(engine: Engine, user: User, email: str, *, is_known_first: bool) -> tuple[float, float]:
    stranger = "nobody@example.com"
    # whoever is first wakes the event loop for both, and waits longer for it: so they take turns
    asked = [email, stranger] if is_known_first else [stranger, email]
    took = dict(zip(asked, await asyncio.gather(*(_refusal(engine, each) for each in asked)), strict=True))
    await engine.store.users.reset_sign_in_tries(engine.instance.id, user.id)
    await engine.store.users.reset_password_failures(engine.instance.id, user.id)
    return took[email], took[stranger]


def _welch(one: list[float], other: list[float]) -> float:
    return (fmean(one) - fmean(other)) / sqrt(variance(one) / len(one) + variance(other) / len(other))


async def _measured(name: str, folder: Path) -> bool:
    """Prints one line; whether nothing is told. Raises: SojournError."""
    config = Config(data=folder, database_url=f"sqlite:///{folder}/sojourn.db", root_keys=(Secret.random(),))
    engine = await Engine.open(config)
    given, email = HASHERS[name], "ada@example.com"
    if given is None:
        new = NewUser(email_addresses=[email], password=_PASSWORD)
    else:
        new = NewUser(email_addresses=[email], password_hasher=given[0], password_digest=given[1])
    user = await engine.accounts.create(engine.instance, new)
    strict = {"protection": {"strict_enumeration": True}}
    engine.instance = await engine.instances.update_settings(engine.instance, strict)  # type: ignore[arg-type]
    await _pair(engine, user, email, is_known_first=True)
    pairs = [await _pair(engine, user, email, is_known_first=bool(number % 2)) for number in range(_PAIRS)]
    known, unknown = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    t, ok = _welch(known, unknown), abs(_welch(known, unknown)) < _MAX_T
    print(
        f"{name:<16} known {fmean(known) * 1000:8.2f} ms   unknown {fmean(unknown) * 1000:8.2f} ms   t {t:6.2f}   {'ok' if ok else 'TELLS'}",
        flush=True,
    )
    await engine.close()
    return ok


def main() -> None:
    told = False
    for name in HASHERS:
        with tempfile.TemporaryDirectory() as folder:
            told = not asyncio.run(_measured(name, Path(folder))) or told
    sys.exit(told)


if __name__ == "__main__":
    main()
