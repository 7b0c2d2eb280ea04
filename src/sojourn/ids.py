"""Public ids: a prefix that names the kind and 160 random bits that grant nothing (R-ID-03); and ids of tokens."""

import os
import re
import secrets
from typing import NewType

InstanceId = NewType("InstanceId", str)
UserId = NewType("UserId", str)
IdentifierId = NewType("IdentifierId", str)
ClientId = NewType("ClientId", str)
SessionId = NewType("SessionId", str)
SignInId = NewType("SignInId", str)
SignUpId = NewType("SignUpId", str)
VerificationId = NewType("VerificationId", str)

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LENGTH = 27  # 62**27 > 2**160
_SHAPE = re.compile(r"[a-z]{2,12}_[0-9A-Za-z]{1,64}", re.ASCII)


def _random(prefix: str) -> str:
    number = secrets.randbits(160)
    letters: list[str] = []
    for _ in range(_LENGTH):
        number, digit = divmod(number, 62)
        letters.append(_ALPHABET[digit])
    return prefix + "".join(letters)


def new_id(prefix: str) -> str:
    """A new ID of a kind without its own type: `jtmp_`, `evt_`, `sit_`, `act_`, `ru_`, `alid_`, `blid_` …"""
    return _random(prefix)


def instance_id() -> InstanceId:
    return InstanceId(_random("ins_"))


def user_id() -> UserId:
    return UserId(_random("user_"))


def identifier_id() -> IdentifierId:
    return IdentifierId(_random("idn_"))


def client_id() -> ClientId:
    return ClientId(_random("client_"))


def session_id() -> SessionId:
    return SessionId(_random("sess_"))


def sign_in_id() -> SignInId:
    return SignInId(_random("sia_"))


def sign_up_id() -> SignUpId:
    return SignUpId(_random("sua_"))


def verification_id() -> VerificationId:
    return VerificationId(_random("ver_"))


_token_ids: list[str] = []
_TOKEN_ID_BYTES = 10
_AT_ONCE = 256
if hasattr(os, "register_at_fork"):  # otherwise both processes would issue the same ones
    os.register_at_fork(after_in_child=_token_ids.clear)


def token_id() -> str:
    """A `jti`: 80 random bits as hex.

    Random bytes are fetched for hundreds at a time, because every tab mints every minute.
    """
    try:
        return _token_ids.pop()
    except IndexError:
        drawn = os.urandom(_TOKEN_ID_BYTES * _AT_ONCE).hex()
        length = 2 * _TOKEN_ID_BYTES
        _token_ids.extend(drawn[at : at + length] for at in range(length, len(drawn), length))
        return drawn[:length]


def well_formed(text: str) -> bool:
    """True if `text` has the form of an ID; other text cannot identify a row and needs no look-up."""
    return _SHAPE.fullmatch(text) is not None
