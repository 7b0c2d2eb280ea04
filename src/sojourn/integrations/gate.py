"""Deprecated: moved to `sojourn.integrations.authenticator` and `request_head`; removed in 0.3."""

from typing import TYPE_CHECKING

from sojourn.moved import moved

if TYPE_CHECKING:
    from sojourn.integrations.authenticator import Authenticator as Gate
    from sojourn.integrations.authenticator import HandshakeState as Elsewhere
    from sojourn.integrations.authenticator import SignedInState as SignedIn
    from sojourn.integrations.authenticator import SignedOutState as SignedOut
    from sojourn.integrations.request_head import RequestHead as Asked

    __all__ = ["Asked", "Elsewhere", "Gate", "SignedIn", "SignedOut"]

__getattr__ = moved(
    __name__,
    {
        "Asked": "sojourn.integrations.request_head:RequestHead",
        "Elsewhere": "sojourn.integrations.authenticator:HandshakeState",
        "Gate": "sojourn.integrations.authenticator:Authenticator",
        "SignedIn": "sojourn.integrations.authenticator:SignedInState",
        "SignedOut": "sojourn.integrations.authenticator:SignedOutState",
    },
)
