"""Checks an app's two keys against each other and against the server, so that a wrong key is reported at start, not
after a sign-in.
"""

import base64
import binascii
import re

from sojourn.errors import ConfigError
from sojourn.origin import host_of

REFUSED = "the server refuses the secret key, which is of another server or was revoked; `sojourn env` prints the keys of this one"
_PUBLISHABLE = re.compile(r"pk_(test|live)_[A-Za-z0-9+/=_-]+")
_SECRET = re.compile(r"sk_(test|live)_.")


def check_keys(publishable_key: str, secret_key: str) -> None:
    """Raises: ConfigError for an invalid publishable key, and for keys of different environments."""
    if publishable_key.startswith("sk_"):
        raise ConfigError(
            "the publishable key is a secret key, which no browser may see: the two stand in each other's place"
        )
    kind = _PUBLISHABLE.fullmatch(publishable_key)
    if kind is None or host_in(publishable_key, "https") is None:
        raise ConfigError(
            f"{publishable_key!r} is no publishable key, such as pk_test_…: was it cut off? `sojourn env` prints it"
        )
    if not secret_key:
        return
    other = _SECRET.match(secret_key)
    if other is None:
        raise ConfigError("this is not a secret key, which begins with sk_test_ or sk_live_. `sojourn env` prints it")
    if other[1] != kind[1]:
        raise ConfigError(
            f"the publishable key is of {_environment(publishable_key)} (pk_{kind[1]}_…) and the secret key of another environment "
            f"(sk_{other[1]}_…): `sojourn env` prints both of one application"
        )


def difference(publishable_key: str, of_server: str) -> str:
    """A sentence that explains why the app's publishable key is not the server's; empty if they match or the server
    gives none.
    """
    if not of_server or publishable_key.rstrip("=") == of_server.rstrip("="):
        return ""
    return (
        f"the publishable key is of {_named(publishable_key)}, and the server with the secret key is {_named(of_server)}; "
        "`sojourn env` prints both of one application"
    )


def host_in(publishable_key: str, scheme: str) -> str | None:
    """The host in `pk_test_<base64 of host$>`; None if the text is not a publishable key."""
    encoded = publishable_key.rpartition("_")[2]
    try:
        text = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
    return host_of(text[:-1], scheme) if text.endswith("$") else None


def _named(publishable_key: str) -> str:
    return f"{host_in(publishable_key, 'https')} in {_environment(publishable_key)}"


def _environment(publishable_key: str) -> str:
    return "development" if publishable_key.startswith("pk_test_") else "production"
