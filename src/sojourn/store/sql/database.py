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
        """`columns` are the columns that an insert or update sets by parameters of the same names."""
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
    """Runs statements, each in its own transaction or all in one."""

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
        """As `rows`, for lists, searches and counts that may read many rows: a few run at once, off the event loop,
        each with a deadline. Raises: Overloaded after a long wait for a slot, or a missed deadline.
        """
        ...

    async def change(self, statement: Executable, values: Values = None) -> int:
        """Run a writing statement and return the number of affected rows. `values` are the values of an insert or
        update by column, or a list of them for several rows; passing them here costs a fifth of building them into the
        statement. Raises: IntegrityError of SQLAlchemy, Overloaded.
        """
        ...

    async def returning(self, statement: Executable, values: Values = None) -> Sequence[Row]:
        """Run a writing statement with RETURNING."""
        ...

    async def hot(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """Run a prepared read, directly on the driver if no transaction is open; also a single write whose loss is
        harmless.
        """
        ...

    async def put(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """Run a prepared write and return its RETURNING rows. Raises: IntegrityError of SQLAlchemy, Overloaded."""
        ...

    async def tally(self, prepared: Prepared, values: Mapping[str, object]) -> Sequence[Row]:
        """Run a prepared write that counts a try.

        It survives a crash of the process; a power failure may lose the last ones.
        """
        ...

    def together(self) -> AbstractAsyncContextManager["Transaction"]:
        """One transaction for several statements: the open one, or a new one."""
        ...


class Transaction(Runner, Protocol):
    """A runner whose statements are committed together or not at all."""

    def savepoint(self) -> AbstractAsyncContextManager[None]:
        """A savepoint: an exception undoes the writes inside, and the transaction continues."""
        ...

    async def line_up(self, line: str) -> None:
        """Take the exclusive lock `line`, waiting for other transactions that hold it; it is released when this one
        ends.
        """
        ...

    def last(self, work: Callable[[], Awaitable[None]]) -> None:
        """Run `work` just before the commit, so that its locks are held as briefly as possible."""
        ...
