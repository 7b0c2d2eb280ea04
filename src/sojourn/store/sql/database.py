"""How a group reaches its database: alone or inside a transaction, and on the driver itself for the hot reads."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Dialect, Executable
from sqlalchemy.sql import ClauseElement

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement written once in Core and compiled at start: its text, and the names of its parameters in order."""

    statement: Executable
    text: str
    names: tuple[str, ...]

    @classmethod
    def of(cls, statement: Executable, dialect: Dialect) -> "Prepared":
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect)
        names = tuple(getattr(compiled, "positiontup", None) or ())
        return cls(statement, str(compiled), names)


class Runner(Protocol):
    """Runs statements; each alone in a transaction of its own, or all in one."""

    @property
    def dialect(self) -> Dialect: ...

    async def rows(self, statement: Executable) -> Sequence[Row]:
        """What a reading statement returns."""
        ...

    async def change(self, statement: Executable) -> int:
        """Run a writing statement; how many rows it touched. Raises: IntegrityError of SQLAlchemy, Overloaded."""
        ...

    async def returning(self, statement: Executable) -> Sequence[Row]:
        """Run a writing statement that says what it wrote."""
        ...

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """A prepared read, on the driver itself when no transaction is open."""
        ...

    def together(self) -> AbstractAsyncContextManager["Runner"]:
        """One transaction for several statements; the open one when there is one."""
        ...
