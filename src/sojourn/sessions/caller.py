"""The caller of the Frontend API, and the secrets that the response must set."""

from dataclasses import dataclass

from sojourn.instances.instance import Instance
from sojourn.secret import Secret
from sojourn.sessions.client import Client
from sojourn.sessions.session import Device


@dataclass(frozen=True, slots=True)
class Caller:
    """One request of one browser. `client` is None for a browser that has never begun to sign in (R-SES-13).

    `mark` is what it shows of who has signed in on it, checked by `known_devices.py` alone.
    """

    instance: Instance
    client: Client | None
    device: Device = Device()
    origin: str | None = None
    mark: Secret | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A client, and the hash of the secret that it was found by.

    That of before, in its grace, is not current: it may finish minting and nothing else (R-SES-08).
    """

    client: Client
    secret_hash: bytes
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class Issued:
    """The client after an operation; `secret` is set when the browser must be given a new one (R-FLOW-01).

    So is `mark`, which makes the device a known one of the account (R-LIM-03).
    """

    client: Client
    secret: Secret | None = None
    mark: Secret | None = None
