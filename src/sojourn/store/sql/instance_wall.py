"""The wall between instances: a statement on rows of instances names the instance, or is refused before it is sent (R-AUZ-02).

SQLAlchemy compiles a statement once and remembers its text, so the check costs nothing when the statement runs again
(docs/decisions/0025). A table with an `instance_id` column must be bound to one instance: by an equality of that column
with a parameter, or with the same column of a table that is bound, in the WHERE clause or the ON clause of a join.
An OR or a CASE binds nothing. A statement that spans instances by design is declared in `SPANNING`.

A statement written as text is not parsed; tests/source/test_instance_wall.py reads each one in the source.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import (
    Alias,
    BindParameter,
    ColumnClause,
    ColumnElement,
    Delete,
    Dialect,
    FromClause,
    Insert,
    Join,
    Select,
    TableClause,
    Update,
    false,
    func,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql import ClauseElement, operators
from sqlalchemy.sql.elements import AsBoolean, BinaryExpression, BooleanClauseList, Grouping
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.selectable import CTE, Subquery

_COLUMN = "instance_id"
_MARK = "/* spans instances: {} */"

SPANNING: Mapping[str, str] = {
    "secret key by its hash": "the key is the credential, and its row names the instance",
    "uses of secret keys": "the worker stores the uses of all keys at once",
    "uses of sessions": "the worker stores the uses of all sessions at once",
    "sessions that are due": "the worker ends sessions whose time is over",
    "messages that are due": "the worker sends messages; each row names its instance",
    "message that was sent": "the worker removes a message by the ID that it claimed",
    "entries to chain": "the worker asks which instances have entries, then chains each by itself",
    "rows that are over": "the worker deletes what has expired",
    "counts that are over": "the worker deletes what has expired",
    "rows of an earlier release": "the worker fills in what lists of sessions sort by",
    "batches that run": "the worker continues them, each by itself",
    "unused clients": "the worker deletes clients without sessions",
    "peppers in use": "the configuration is one for the whole database",
}
"""The statements that span instances: a name, and the reason. Each is marked by its name in its text."""

S = TypeVar("S", bound="Select[Any] | Update | Delete | Insert")
Equality = tuple[ColumnElement[Any], ColumnElement[Any]]


class InstanceNotNamed(RuntimeError):
    """A statement on rows of instances does not name the instance. It was not sent."""

    def __init__(self, table: str) -> None:
        super().__init__(
            f"A statement on `{table}` does not name the instance. Compare `instance_id`, or declare the statement in SPANNING."
        )


def spanning(name: str, statement: S) -> S:
    """`statement`, declared to span instances; its text says so. Raises: KeyError for a name that is not in `SPANNING`."""
    assert SPANNING[name]
    return statement.prefix_with(_MARK.format(name))


def within(table: FromClause, instance_id: object) -> ColumnElement[bool]:
    """True for the rows of the instance, where another condition finds them.

    `coalesce` keeps SQLite, which has no statistics here, from searching by the instance instead.
    """
    return func.coalesce(table.c[_COLUMN] == instance_id, false())


def guard(dialect: Dialect) -> None:
    """Check each statement that `dialect` compiles from now on. Raises, on compiling: InstanceNotNamed."""
    compiler = dialect.statement_compiler

    def begin(self: Any, dialect: Dialect, statement: ClauseElement | None, *given: Any, **options: Any) -> None:
        if statement is not None:
            check(statement)
        compiler.__init__(self, dialect, statement, *given, **options)

    dialect.statement_compiler = type(f"Walled{compiler.__name__}", (compiler,), {"__init__": begin})


def check(statement: ClauseElement) -> None:
    """Raises: InstanceNotNamed if a table of the statement, or of a statement inside it, is not bound to an instance."""
    _check(statement, ())


def _check(element: ClauseElement, enclosing: Sequence[FromClause]) -> None:
    """`enclosing` are the tables of the statement around this one that a subquery may refer to."""
    if isinstance(element, (Select, Update, Delete, Insert)):
        if _is_declared(element):
            return
        enclosing = (*enclosing, *_bound(element, enclosing))
    elif isinstance(element, (Subquery, CTE)):
        enclosing = ()
    for child in element.get_children():
        assert isinstance(child, ClauseElement)
        _check(child, enclosing)


def _is_declared(statement: Any) -> bool:
    return any(str(prefix) in _DECLARED for prefix, _ in statement._prefixes)


_DECLARED = frozenset(_MARK.format(name) for name in SPANNING)


def _bound(statement: Any, enclosing: Sequence[FromClause]) -> Sequence[FromClause]:
    """The tables of the statement. Raises: InstanceNotNamed if one of them is not bound."""
    if isinstance(statement, Insert):
        # the column is never NULL, so a plain insert names its instance; an upsert may change a row by another key
        if isinstance(statement, (postgresql.Insert, sqlite.Insert)) and _is_walled(statement.table):
            raise InstanceNotNamed(_name(statement.table))
        return ()
    froms = _froms(statement, enclosing)
    leaves = [leaf for each in froms for leaf in _leaves(each)]
    conditions = [(equality, leaves) for equality in _equalities(statement.whereclause)]
    conditions += [condition for each in froms for condition in _joined(each)]
    bound = {id(each) for each in enclosing}
    while (
        fresh := {
            id(table) for equality, may_bind in conditions for table in _binds(equality, bound) if table in may_bind
        }
        - bound
    ):
        bound |= fresh
    for leaf in leaves:
        if _is_walled(leaf) and id(leaf) not in bound:
            raise InstanceNotNamed(_name(leaf))
    return leaves


def _froms(statement: Any, enclosing: Sequence[FromClause]) -> Sequence[FromClause]:
    if not isinstance(statement, Select):
        return [statement.table]
    froms = statement.get_final_froms()
    # as SQLAlchemy renders it: a subquery refers to an outer table if it also reads another one
    return [each for each in froms if each not in enclosing] if len(froms) > 1 else froms


def _leaves(each: FromClause) -> Iterator[FromClause]:
    if isinstance(each, Join):
        yield from _leaves(each.left)
        yield from _leaves(each.right)
    else:
        yield each


def _joined(each: FromClause) -> Iterator[tuple[Equality, Sequence[FromClause]]]:
    """The equalities of ON clauses, each with the tables that it binds: an outer join keeps all rows of its left side."""
    if not isinstance(each, Join):
        return
    right = list(_leaves(each.right))
    may_bind = [] if each.full else right if each.isouter else [*_leaves(each.left), *right]
    for equality in _equalities(each.onclause):
        yield equality, may_bind
    yield from _joined(each.left)
    yield from _joined(each.right)


def _equalities(condition: Any) -> Iterator[Equality]:
    """The equalities that hold whenever the condition is true."""
    if isinstance(condition, Grouping) or (
        isinstance(condition, AsBoolean) and condition.operator is operators.is_true
    ):
        inner: Any = cast("Any", condition).element
        yield from _equalities(inner)
    elif isinstance(condition, BooleanClauseList) and condition.operator is operators.and_:
        for each in condition.clauses:
            yield from _equalities(each)
    elif isinstance(condition, FunctionElement) and condition.name == "coalesce":
        one, *rest = condition.clauses
        if [str(each) for each in rest] == [str(false())]:
            yield from _equalities(one)
    elif isinstance(condition, BinaryExpression) and condition.operator is operators.eq:
        yield condition.left, condition.right


def _binds(equality: Equality, bound: set[int]) -> Iterator[FromClause]:
    for one, other in (equality, equality[::-1]):
        table = _table_of(one)
        if table is not None:
            beside = _table_of(other)
            if isinstance(other, BindParameter) or (beside is not None and id(beside) in bound):
                yield table


def _table_of(column: ColumnElement[Any]) -> FromClause | None:
    """The table whose instance this column names."""
    return column.table if isinstance(column, ColumnClause) and column.name == _COLUMN else None


def _is_walled(each: FromClause) -> bool:
    table: Any = each.element if isinstance(each, Alias) else each
    return isinstance(table, TableClause) and _COLUMN in cast("TableClause", table).c


def _name(each: FromClause) -> str:
    table = each.element if isinstance(each, Alias) else each
    return str(getattr(table, "name", table))
