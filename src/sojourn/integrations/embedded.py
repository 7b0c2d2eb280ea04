"""Deprecated: moved to `sojourn.integrations.local`; removed in 0.3."""

from typing import TYPE_CHECKING

from sojourn.moved import moved

if TYPE_CHECKING:
    from sojourn.integrations.local import Sojourn

    __all__ = ["Sojourn"]

__getattr__ = moved(__name__, {"Sojourn": "sojourn.integrations.local:Sojourn"})
