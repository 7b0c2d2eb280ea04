"""Pages of a list."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """`limit` rows after skipping `offset`."""

    limit: int = 10
    offset: int = 0
