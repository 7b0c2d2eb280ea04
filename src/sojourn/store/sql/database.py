"""How a group reaches its database: alone or inside a transaction, and on the driver itself for the hot reads."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import BindParameter, Dialect, Executable
from sqlalchemy.sql import ClauseElement

Row = Sequence[object]
Values = Mapping[str, object] | Sequence[Mapping[str, object]] | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement written once in Core and compiled at start: its text, and the names of its parameters in order."""

    statement: Executable
    text: str
    names: tuple[str, ...]
    constants: Mapping[str, object]

    @classmethod
    def of(cls, statement: Executable, dialect: Dialect, columns: Sequence[str] | None = None) -> "Prepared":
        """`columns` are those that an insert or update sets by parameters of their own names."""
        assert isinstance(statement, ClauseElement)
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        names = tuple(getattr(compiled, "positiontup", None) or ())
        binds: Mapping[str, BindParameter[object]] = getattr(compiled, "binds", {})
        constants = {name: bind.value for name, bind in binds.items() if not bind.required}
        return cls(statement, str(compiled), names, constants)

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """The parameter values for the names, in their order."""
        given = {**self.constants, **values} if self.constants else values
        return [given[name] for name in self.names]


class Runner(Protocol):
    """Runs statements; each alone in a transaction of its own, or all in one."""

    @property
    def dialect(self) -> Dialect: ...

    @property
    def is_transaction(self) -> bool:
        """True if reads are repeatable until the end of the transaction."""
        ...

    async def rows(self, statement: Executable) -> Sequence[Row]:
        """The rows of a reading statement."""
        ...

    async def listed(self, statement: Executable) -> Sequence[Row]:
        """As `rows`, for lists, searches and counts that may read much: a few at a time, beside the event loop, each to
        a deadline. A short wait for the others is a wait; a long one, and a missed deadline, is Overloaded.
        """
        ...

    async def change(self, statement: Executable, values: Values = None) -> int:
        """Run a writing statement; how many rows it touched. `values` are those of an insert or update by column, or of
        several rows: given here they cost a fifth of what they cost in the statement. Raises: IntegrityError of SQLAlchemy,
        Overloaded.
        """
        ...

    async def returning(self, statement: Executable, values: Values = None) -> Sequence[Row]:
        """Run a writing statement that says what it wrote."""
        ...

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """A prepared read, on the driver itself when no transaction is open; also a lone write that may be forgotten."""
        ...

    async def put(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """A prepared write; what it returns of the rows it touched. Raises: IntegrityError of SQLAlchemy, Overloaded."""
        ...

    async def tally(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """A prepared write that counts a try. It outlives the process; a machine that loses its power may forget the last."""
        ...

    def together(self) -> AbstractAsyncContextManager["Transaction"]:
        """One transaction for several statements; the open one when there is one."""
        ...


class Transaction(Runner, Protocol):
    """A runner whose statements are committed together or not at all."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A savepoint: an exception undoes the writes inside, and the transaction continues."""
        ...

    async def line_up(self, line: str) -> None:
        """Wait until every other transaction that stands in `line` has ended; this one leaves when it ends."""
        ...

    def last(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do `work` just before the commit: what others must wait for is then held for as short as can be."""
        ...
