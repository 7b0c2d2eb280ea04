"""Deprecated: moved to `sojourn.integrations.sojourn_client`; removed in 0.3."""

from typing import TYPE_CHECKING

from sojourn.moved import moved

if TYPE_CHECKING:
    from sojourn.integrations.sojourn_client import SojournClient as Handle

    __all__ = ["Handle"]

__getattr__ = moved(__name__, {"Handle": "sojourn.integrations.sojourn_client:SojournClient"})
