"""`make bench`: each measure beside a limit measured in the same run; exit status 1 when one is short.

A line is `name  measured  limit  ratio  target  ok|short`; times are microseconds.
"""

import json
import sys
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from sojourn.instant import SystemClock
from sojourn.tokens.jws import Algorithm
from sojourn.tokens.session_token import Grant, Verifier, mint
from sojourn.tokens.signing_keys import KeyRing, SigningKey

_ROUNDS = 5


def best(work: Callable[[], object], times: int) -> float:
    """Microseconds of one call: the best of several rounds, so that a neighbour's noise does not count."""
    rounds: list[float] = []
    for _ in range(_ROUNDS):
        began = perf_counter()
        for _ in range(times):
            work()
        rounds.append((perf_counter() - began) / times * 1e6)
    return min(rounds)


def line(name: str, measured: float, limit: float, target: float) -> bool:
    """Print one measure; `target` is the most that measured may be of limit."""
    ratio = measured / limit
    ok = ratio <= target
    print(f"{name:<28}{measured:>10.2f}{limit:>10.2f}{ratio:>8.2f}{target:>8.2f}  {'ok' if ok else 'short'}")
    return ok


def main() -> int:
    clock = SystemClock()
    now = clock.now()
    key = SigningKey.generate(Algorithm.RS256, now)
    grant = Grant("http://localhost:8000", "user_1", "sess_1", "http://localhost:3000", 0, -1)
    token = mint(grant, key, now, life=timedelta(seconds=3600))
    verifier = Verifier(KeyRing((key,)).jwks(now), clock=clock)

    signed, _, signature_part = token.rpartition(".")
    signature, message = urlsafe_b64decode(signature_part + "=="), signed.encode()
    claims = urlsafe_b64decode(signed.partition(".")[2] + "==")
    public = key.private.public_key()
    assert isinstance(public, RSAPublicKey)
    padding, digest = PKCS1v15(), SHA256()

    def raw() -> None:
        public.verify(signature, message, padding, digest)
        json.loads(claims)

    def first_sight() -> None:
        verifier.forget()
        verifier.verify(token)

    raw_verify = best(raw, 500)
    raw_sign = best(lambda: key.private.sign(message, padding, digest), 100)  # pyright: ignore[reportCallIssue]
    results = [
        line("verify remembered", best(lambda: verifier.verify(token), 5000), 3.0, 1.0),
        line("verify first sight", best(first_sight, 500), raw_verify, 1.8),
        line("mint in process", best(lambda: mint(grant, key, now, life=timedelta(seconds=60)), 100), raw_sign, 1.3),
    ]
    return 0 if all(results) else 1


if __name__ == "__main__":
    sys.exit(main())
