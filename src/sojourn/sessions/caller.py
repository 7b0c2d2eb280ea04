"""The caller of the Frontend API, and the secrets that the response must set."""

from dataclasses import dataclass

from sojourn.instances.instance import Instance
from sojourn.secret import Secret
from sojourn.sessions.client import Client
from sojourn.sessions.session import Device


@dataclass(frozen=True, slots=True)
class Caller:
    """The browser that sent a request. `client` is None for a browser that has never begun to sign in (R-SES-13).
    `mark` is the content of its device cookie, which only `known_devices.py` checks.
    """

    instance: Instance
    client: Client | None
    device: Device = Device()
    origin: str | None = None
    mark: Secret | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A client, and the hash of the secret by which it was found. The previous secret, in its grace period, is not
    current: it may only mint tokens (R-SES-08).
    """

    client: Client
    secret_hash: bytes
    is_current: bool = True


@dataclass(frozen=True, slots=True)
class Issued:
    """The client after an operation. `secret` is set if the response must set a new one (R-FLOW-01), and so is `mark`,
    which makes the device a known device of the user (R-LIM-03).
    """

    client: Client
    secret: Secret | None = None
    mark: Secret | None = None
