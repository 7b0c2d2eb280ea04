"""Substring search in users' texts: the SQL condition on a row, and a look-up by a trigram index.

Texts are compared in lower case, prefixed with two blanks and with each inner blank doubled. So a search for one or two
characters also has a trigram: it finds texts with a word that begins with them.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, Dialect, Select, String, Text, cast, column, func, literal, or_, select, table
from sqlalchemy.dialects.postgresql import ARRAY

from sojourn.ids import InstanceId
from sojourn.store.sql.group import Condition
from sojourn.store.sql.instance_wall import within
from sojourn.store.sql.rows.users import identifiers, users
from sojourn.users.user import IdentifierKind

TEXTS = "user_texts"
SEARCH = "user_search"
TRIGRAMS = "sojourn_trigrams"
"""PostgreSQL's SQL function that computes trigrams; see `late_indexes.py`."""

_SHORTEST = 3
_AS_GIVEN: Mapping[str, str] = {}
EMAIL, PHONE = IdentifierKind.EMAIL_ADDRESS.value, IdentifierKind.PHONE_NUMBER.value

NAME: ColumnElement[str] = func.coalesce(users.c.first_name, "") + " " + func.coalesce(users.c.last_name, "")

_OF_USERS: Mapping[str, ColumnElement[str]] = {"id": users.c.id, "username": users.c.username, "name": NAME}
EVERYWHERE = ("id", "username", "name", EMAIL, PHONE)

_texts = table(TEXTS, column("number"), column("user_id", String), column("instance_id", String))
_search = table(SEARCH, column("rowid"), column(SEARCH, String))


class TextSearch:
    """Text search in one SQL dialect."""

    def __init__(self, dialect: Dialect) -> None:
        self._is_sqlite = dialect.name == "sqlite"

    def condition(self, fields: Sequence[str], query: str, as_stored: Mapping[str, str] = _AS_GIVEN) -> Condition:
        """True if one of a user's fields contains `query`, or the field's own form of it in `as_stored`."""
        needles = _needles(fields, query, as_stored)
        found = [self._within(_OF_USERS[field], needle) for field, needle in needles.items() if field in _OF_USERS]
        for kind, needle in needles.items():
            if kind not in _OF_USERS:
                of_kind = select(identifiers.c.id).where(
                    identifiers.c.user_id == users.c.id,
                    within(identifiers, users.c.instance_id),
                    identifiers.c.kind == kind,
                )
                found.append(of_kind.where(self._within(identifiers.c.value, needle)).exists())
        return or_(literal(False), *found)

    def ids(
        self, instance_id: InstanceId, fields: Sequence[str], query: str, as_stored: Mapping[str, str] = _AS_GIVEN
    ) -> list[Select[tuple[str]]]:
        """Selects of the IDs of those users by the index, each for some of the fields."""
        needles = _needles(fields, query, as_stored)
        return self._matching(instance_id, needles) if self._is_sqlite else self._holding(instance_id, needles)

    def _matching(self, instance_id: InstanceId, needles: Mapping[str, str]) -> list[Select[tuple[str]]]:
        phrases = [f'{field} : "{needle.replace(chr(34), chr(34) * 2)}"' for field, needle in needles.items()]
        if not phrases:
            return []
        found = _search.c[SEARCH].op("MATCH")(" OR ".join(phrases))
        joined = _search.join(_texts, _texts.c.number == _search.c.rowid)
        return [select(_texts.c.user_id).select_from(joined).where(found, _texts.c.instance_id == instance_id)]

    def _holding(self, instance_id: InstanceId, needles: Mapping[str, str]) -> list[Select[tuple[str]]]:
        of_users = [(_OF_USERS[field], needle) for field, needle in needles.items() if field in _OF_USERS]
        found: list[Select[tuple[str]]] = []
        if of_users:
            held = or_(*(self._held(*pair) for pair in of_users))
            found.append(select(users.c.id).where(users.c.instance_id == instance_id, held))
        for kind, needle in needles.items():
            if kind not in _OF_USERS:
                of_kind = (identifiers.c.instance_id == instance_id, identifiers.c.kind == kind)
                found.append(select(identifiers.c.user_id).where(*of_kind, self._held(identifiers.c.value, needle)))
        return found

    def _held(self, text: ColumnElement[str], needle: str) -> Condition:
        trigrams = sorted({needle[start : start + 3] for start in range(len(needle) - 2)})
        made: ColumnElement[Sequence[str]] = func.sojourn_trigrams(text)
        return made.op("@>")(cast(trigrams, ARRAY(Text))) & self._within(text, needle)

    def _within(self, text: ColumnElement[str], needle: str) -> Condition:
        padded = literal("  ") + func.replace(text, " ", "  ")
        # SQLite's LIKE ignores ASCII case, and our own `lower` function costs more
        compared = padded if self._is_sqlite and needle.isascii() else func.lower(padded)
        escaped = needle.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return compared.like(f"%{escaped}%", escape="\\")


def _needles(fields: Sequence[str], query: str, as_stored: Mapping[str, str]) -> dict[str, str]:
    """The search text for each field; empty if no value can contain `query`."""
    if "\x00" in query or not query:
        return {}
    return {field: _padded(as_stored.get(field, query)) for field in fields}


def _padded(query: str) -> str:
    lowered = query.lower().replace(" ", "  ")
    return " " * (_SHORTEST - len(lowered)) + lowered
