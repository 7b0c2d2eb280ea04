"""Late indexes and SQLite's search table: built while the server already runs, they speed up lists and purging."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, Dialect, text

BY_UPDATED = "ix_users_updated"
BY_SIGN_IN = "ix_users_signed_in"
BY_ACTIVITY = "ix_users_active"
BANNED = "ix_users_banned"
LOCKED = "ix_users_locked"
DELETING = "ix_users_deleting"
STRANGERS = "ix_clients_strangers"
OF_TARGET = "ix_events_target"
OF_KIND = "ix_events_kind"
EVENTS_BY_TIME = "ix_events_at"
OF_ADMINISTRATOR = "ix_events_administrator"
BY_ADMINISTRATORS = "substr(actor, 1, 6) = 'admin:'"
"""The condition of that index: an index of all actors would cost every entry a write."""
DUE = "ix_sessions_due"
LIVE_CREATED = "ix_sessions_live_created"
LIVE_SEEN = "ix_sessions_live_seen"
ENDED = "ix_sessions_ended"
ENDED_CREATED = "ix_sessions_ended_created"
ENDED_SEEN = "ix_sessions_ended_seen"
OF_BATCH = "ix_sessions_batch"
UNSTAMPED = "ix_sessions_unstamped"
SEARCH = "user_search"
"""True if an index supports text search."""


@dataclass(frozen=True, slots=True)
class LateIndex:
    """`columns` and `only` in SQL, with PostgreSQL's spelling where it differs from SQLite's."""

    name: str
    table: str
    columns: str
    only: str = ""
    postgres_columns: str = ""
    postgres_only: str = ""

    def statement(self, dialect: Dialect, *, concurrently: bool = False) -> str:
        on_postgres = dialect.name == "postgresql"
        columns = (on_postgres and self.postgres_columns) or f"({self.columns})"
        only = (on_postgres and self.postgres_only) or self.only
        how = "CONCURRENTLY " if concurrently else ""
        where = f" WHERE {only}" if only else ""
        return f"CREATE INDEX {how}IF NOT EXISTS {self.name} ON {self.table} {columns}{where}"


_LIVE = "status IN ('active', 'pending')"
_HAS_ENDED = "ended_at IS NOT NULL"
_FACTS = (
    "end_cause, status, country, device_type, browser_name, strategy, ip_address, created_at, seen_at, ended_at, due_at"
)


def _sorted_sessions(name: str, by: str, only: str) -> LateIndex:
    """Along one time of the live or the ended sessions; the facts of each stand beside, so that those that a filter does not
    keep are passed without a look at their rows (docs/decisions/0022).
    """
    key = f"instance_id, {by}, id"
    facts = ", ".join(fact for fact in _FACTS.split(", ") if fact != by)
    return LateIndex(name, "sessions", f"{key}, {facts}", only, postgres_columns=f"({key}) INCLUDE ({facts})")


INDEXES = (
    LateIndex(BY_UPDATED, "users", "instance_id, updated_at, id"),
    LateIndex(
        BY_SIGN_IN, "users", "instance_id, last_sign_in_at, id",
        postgres_columns="(instance_id, last_sign_in_at NULLS FIRST, id)",
    ),
    LateIndex(
        BY_ACTIVITY, "users", "instance_id, last_active_at, id",
        postgres_columns="(instance_id, last_active_at NULLS FIRST, id)",
    ),
    LateIndex(BANNED, "users", "instance_id, created_at", only="banned IS 1", postgres_only="banned IS true"),
    LateIndex(LOCKED, "users", "instance_id, locked_at", only="locked_at IS NOT NULL"),
    LateIndex(DELETING, "users", "instance_id, delete_at", only="delete_at IS NOT NULL"),
    LateIndex(STRANGERS, "clients", "updated_at", only="last_authentication_strategy IS NULL"),
    LateIndex(DUE, "sessions", "due_at", only=_LIVE),
    LateIndex(UNSTAMPED, "sessions", "id", only="seen_at = 0"),
    LateIndex("ix_sessions_live_client", "sessions", "client_id, instance_id", only=_LIVE),
    LateIndex("ix_sessions_live_user", "sessions", "user_id, instance_id", only=_LIVE),
    LateIndex(OF_BATCH, "sessions", "batch_id, ended_at, id", only="batch_id IS NOT NULL"),
    _sorted_sessions(LIVE_CREATED, "created_at", _LIVE),
    _sorted_sessions(LIVE_SEEN, "seen_at", _LIVE),
    _sorted_sessions(ENDED, "ended_at", _HAS_ENDED),
    _sorted_sessions(ENDED_CREATED, "created_at", _HAS_ENDED),
    _sorted_sessions(ENDED_SEEN, "seen_at", _HAS_ENDED),
    LateIndex("ix_sessions_live_address", "sessions", "instance_id, ip_address", only=_LIVE,
              postgres_columns='(instance_id, ip_address COLLATE "C")'),
    LateIndex("ix_sessions_ended_address", "sessions", "instance_id, ip_address", only=_HAS_ENDED,
              postgres_columns='(instance_id, ip_address COLLATE "C")'),
    LateIndex("ix_records_created", "records", "instance_id, kind, created_at, id"),
    LateIndex(OF_TARGET, "events", "target, instance_id, sequence", only="target IS NOT NULL"),
    LateIndex(OF_KIND, "events", "instance_id, kind, sequence"),
    LateIndex(OF_ADMINISTRATOR, "events", "instance_id, actor, sequence", only=BY_ADMINISTRATORS),
    LateIndex(EVENTS_BY_TIME, "events", "instance_id, at, sequence"),
)  # fmt: skip

TRIGRAM_FUNCTION = """
CREATE OR REPLACE FUNCTION sojourn_trigrams(value text) RETURNS text[] LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  padded text := '  ' || replace(lower(value), ' ', '  ');
  trigrams text[] := '{}';
BEGIN
  FOR n IN 1 .. length(padded) - 2 LOOP
    trigrams := trigrams || substr(padded, n, 3);
  END LOOP;
  RETURN trigrams;
END $$
"""
"""PostgreSQL function: all trigrams of a text padded as in `text_search.py`.

The loop costs a fifth of what a query would.
"""

TRIGRAM_INDEXES = (
    LateIndex(
        "ix_users_texts", "users", "",
        postgres_columns="USING gin (sojourn_trigrams(id), sojourn_trigrams(username),"
        " sojourn_trigrams(coalesce(first_name, '') || ' ' || coalesce(last_name, '')))",
    ),
    LateIndex("ix_identifiers_texts", "identifiers", "", postgres_columns="USING gin (sojourn_trigrams(value))"),
)  # fmt: skip


def _padded(value: str) -> str:
    return f"'  ' || replace(lower({value}), ' ', '  ')"


_OF_USER = f"""INSERT OR IGNORE INTO user_texts (source, user_id, instance_id, id, username, name)
 SELECT id, id, instance_id, {_padded("id")}, {_padded("username")},
 {_padded("coalesce(first_name, '') || ' ' || coalesce(last_name, '')")} FROM users WHERE """

_OF_IDENTIFIER = f"""INSERT OR IGNORE INTO user_texts (source, user_id, instance_id, email_address, phone_number)
 SELECT id, user_id, instance_id, CASE kind WHEN 'email_address' THEN {_padded("value")} END,
 CASE kind WHEN 'phone_number' THEN {_padded("value")} END FROM identifiers WHERE """

_FIELDS = "id, username, name, email_address, phone_number"


def _each(row: str) -> str:
    return ", ".join(f"{row}.{name}" for name in _FIELDS.split(", "))


SEARCH_TABLES = (
    """CREATE TABLE IF NOT EXISTS user_texts (number INTEGER PRIMARY KEY, source VARCHAR(64) NOT NULL UNIQUE,
 user_id VARCHAR(64) NOT NULL, instance_id VARCHAR(64) NOT NULL,
 id TEXT, username TEXT, name TEXT, email_address TEXT, phone_number TEXT)""",
    f"""CREATE VIRTUAL TABLE IF NOT EXISTS user_search USING fts5({_FIELDS},
 content='user_texts', content_rowid='number', tokenize='trigram')""",
    f"""CREATE TRIGGER IF NOT EXISTS user_texts_in AFTER INSERT ON user_texts BEGIN
 INSERT INTO user_search(rowid, {_FIELDS}) VALUES (new.number, {_each("new")}); END""",
    f"""CREATE TRIGGER IF NOT EXISTS user_texts_out AFTER DELETE ON user_texts BEGIN
 INSERT INTO user_search(user_search, rowid, {_FIELDS}) VALUES ('delete', old.number, {_each("old")}); END""",
    f"""CREATE TRIGGER IF NOT EXISTS users_in AFTER INSERT ON users BEGIN {_OF_USER} users.id = new.id; END""",
    f"""CREATE TRIGGER IF NOT EXISTS users_renamed AFTER UPDATE OF username, first_name, last_name ON users
 WHEN new.username IS NOT old.username OR new.first_name IS NOT old.first_name OR new.last_name IS NOT old.last_name BEGIN
 DELETE FROM user_texts WHERE source = old.id; {_OF_USER} users.id = new.id; END""",
    """CREATE TRIGGER IF NOT EXISTS users_out AFTER DELETE ON users BEGIN
 DELETE FROM user_texts WHERE source = old.id; END""",
    f"""CREATE TRIGGER IF NOT EXISTS identifiers_in AFTER INSERT ON identifiers BEGIN
 {_OF_IDENTIFIER} identifiers.id = new.id; END""",
    f"""CREATE TRIGGER IF NOT EXISTS identifiers_changed AFTER UPDATE OF value ON identifiers
 WHEN new.value IS NOT old.value BEGIN
 DELETE FROM user_texts WHERE source = old.id; {_OF_IDENTIFIER} identifiers.id = new.id; END""",
    """CREATE TRIGGER IF NOT EXISTS identifiers_out AFTER DELETE ON identifiers BEGIN
 DELETE FROM user_texts WHERE source = old.id; END""",
)
"""SQLite only: one row of texts for each user and each identifier, indexed by FTS5 without a copy.

Triggers keep it current, so nodes of the previous release do too.
"""

SEARCH_IS_FILLED = "PRAGMA user_version = 1"
"""The value in the file header that marks the search table as complete."""

_THESE = "IN (SELECT value FROM json_each(?))"
FILLS = (f"{_OF_USER} users.id {_THESE}", f"{_OF_IDENTIFIER} identifiers.user_id {_THESE}")
"""Both statements take the user IDs as a JSON array."""


@dataclass(slots=True)
class Built:
    """The names of the built indexes."""

    names: set[str] = field(default_factory=set[str])

    def has(self, name: str) -> bool:
        return name in self.names

    def missing(self) -> list[str]:
        return [name for name in (*(index.name for index in INDEXES), SEARCH) if name not in self.names]

    def is_complete(self) -> bool:
        return not self.missing()

    def are(self, names: Iterable[str]) -> None:
        found = set(names)
        if found >= {index.name for index in TRIGRAM_INDEXES}:
            found.add(SEARCH)
        self.names = found


def make_at_once(connection: Connection) -> None:
    """All indexes at once, for an empty database."""
    for index in INDEXES:
        connection.execute(text(index.statement(connection.dialect)))
    if connection.dialect.name == "postgresql":
        connection.execute(text(TRIGRAM_FUNCTION))
        for index in TRIGRAM_INDEXES:
            connection.execute(text(index.statement(connection.dialect)))
    elif has_trigrams(connection):
        for statement in (*SEARCH_TABLES, SEARCH_IS_FILLED):
            connection.exec_driver_sql(statement)


def has_trigrams(connection: Connection) -> bool:
    """True if this SQLite has FTS5 with the trigram tokenizer (most builds since 3.34)."""
    return trigrams_are_known(
        connection.exec_driver_sql("SELECT sqlite_version()").scalar_one(),
        (str(row[0]) for row in connection.exec_driver_sql("SELECT name FROM pragma_module_list")),
    )


def trigrams_are_known(version: str, modules: Iterable[str]) -> bool:
    return tuple(map(int, version.split(".")[:2])) >= (3, 34) and "fts5" in modules
