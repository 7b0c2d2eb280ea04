"""Verifying and minting without a network, beside the bare signature. Microseconds."""

import json
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import timedelta
from time import perf_counter

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from bench.lines import at_most
from sojourn.instant import SystemClock
from sojourn.tokens.jws import Algorithm
from sojourn.tokens.session_token import TokenClaims, Verifier, mint
from sojourn.tokens.signing_keys import SigningKey, SigningKeySet

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


def measure() -> list[bool]:
    clock = SystemClock()
    now = clock.now()
    key = SigningKey.generate(Algorithm.RS256, now)
    grant = TokenClaims("http://localhost:8000", "user_1", "sess_1", "http://localhost:3000", 0, -1)
    token = mint(grant, key, now, life=timedelta(seconds=3600))
    verifier = Verifier(SigningKeySet((key,)).jwks(now), clock=clock)

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
        verifier.clear_cache()
        verifier.verify(token)

    return [
        at_most("verify remembered (us)", best(lambda: verifier.verify(token), 5000), 3.0, 1.0),
        at_most("verify first sight, of raw verify (us)", best(first_sight, 500), best(raw, 500), 1.8),
        at_most(
            "mint in process, of raw sign (us)",
            best(lambda: mint(grant, key, now, life=timedelta(seconds=60)), 100),
            best(lambda: key.private.sign(message, padding, digest), 100),  # pyright: ignore[reportCallIssue]
            1.3,
        ),
    ]
