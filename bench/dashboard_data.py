"""A database of live and ended sessions for the dashboard's figures, made by the database itself in a few statements."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing

import asyncpg

from sojourn.store.sql.late_indexes import INDEXES

_DAY = 86_400_000
_LATER = [index.name for index in INDEXES if index.table == "sessions"] + [
    "ix_sessions_created",
    "ix_sessions_status_expire",
    "ix_sessions_client",
    "ix_sessions_user",
]

_SPELLED = {
    "sqlite": {
        "numbers": "(WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count} - 1) SELECT n FROM numbers)",
        "random": "(abs(random()) % {below})",
        "id": "substr(lower(hex(randomblob(14))), 1, 27)",
        "secret": "randomblob(32)",
    },
    "postgresql": {
        "numbers": "(SELECT generate_series(0, {count} - 1) AS n)",
        "random": "floor(random() * {below})::bigint",
        "id": "substr(md5(random()::text), 1, 27)",
        "secret": "decode(md5(random()::text) || md5(random()::text), 'hex')",
    },
}  # fmt: skip

_AGENT = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
_COUNTRIES = "DEDEDEFRFRITUSUSUSUSGBBRINESPLNLSEATCHIS"


def statements(dialect: str, instance_id: str, *, live: int, ended: int, now: int) -> Sequence[str]:
    """Live sessions begun in the last 7 days and used since, ended ones in the 90 days before, and the browsers of the live ones."""
    spelled = _SPELLED[dialect]

    def random(below: int) -> str:
        return spelled["random"].format(below=below)

    def sessions(count: int, *, is_live: bool) -> str:
        span = 7 * _DAY if is_live else 90 * _DAY
        begun = f"{now - span} + n * {span}.0 / {count}"
        used = (
            f"b + {random(_DAY // 2)}"
            if not is_live
            else f"CASE WHEN b > {now - _DAY // 2} THEN b ELSE {now} - {random(_DAY // 2)} END"
        )
        causes = "CASE d % 8 WHEN 0 THEN 'expired' WHEN 1 THEN 'revoked' WHEN 2 THEN 'session_limit' WHEN 3 THEN 'inactive' ELSE 'signed_out' END"
        status = (
            "'active'"
            if is_live
            else "CASE d % 8 WHEN 0 THEN 'expired' WHEN 1 THEN 'revoked' WHEN 2 THEN 'replaced' WHEN 3 THEN 'abandoned' ELSE 'ended' END"
        )
        ended_at, cause = ("NULL", "NULL") if is_live else (f"u + {random(_DAY)}", causes)
        columns = (
            "id, instance_id, client_id, user_id, status, created_at, updated_at, expire_at, last_active_at, inactivity, first_factor_at,"
            " ip_address, user_agent, browser_name, browser_version, device_type, is_mobile, country, public_data, private_data, generation,"
            " strategy, seen_at, due_at, ended_at, end_cause"
        )
        values = (
            f"'sess_' || {spelled['id']}, '{instance_id}', 'client_' || {spelled['id']}, 'user_' || substr('000000000000000000000000000' || {random(1_000_000)}, -27 + 0),"
            f" {status}, b, b, {now + 7 * _DAY if is_live else f'b + {7 * _DAY}'}, u, {_DAY * 30 if is_live else _DAY}, b,"
            f" '203.' || d || '.' || {random(250)} || '.' || {random(250)}, '{_AGENT}', CASE d % 3 WHEN 0 THEN 'Firefox' WHEN 1 THEN 'Chrome' ELSE 'Mobile Safari' END,"
            f" '142', CASE d % 4 WHEN 0 THEN 'iPhone' WHEN 1 THEN 'Macintosh' ELSE 'Windows' END, {'false' if dialect == 'postgresql' else 0},"
            f" substr('{_COUNTRIES}', 1 + 2 * (d % 20), 2), '{{}}', '{{}}', 0,"
            f" CASE d % 5 WHEN 0 THEN 'email_code' WHEN 1 THEN 'ticket' ELSE 'password' END, u, {now + 7 * _DAY}, {ended_at}, {cause}"
        )
        if dialect == "postgresql":
            values = values.replace(
                "substr('000000000000000000000000000' || ", "right('000000000000000000000000000' || "
            ).replace(", -27 + 0)", ", 27)")
        numbered = f"SELECT n, CAST({begun} AS bigint) AS b, {random(200)} AS d FROM {spelled['numbers'].format(count=count)} AS counted"
        with_use = f"SELECT n, b, d, {used} AS u FROM ({numbered}) AS numbered"
        return f"INSERT INTO sessions ({columns}) SELECT {values} FROM ({with_use}) AS used"

    browsers = (
        "INSERT INTO clients (id, instance_id, secret_hash, created_at, updated_at, signed_in_changed_at, expire_at, last_active_session_id,"
        f" last_authentication_strategy) SELECT client_id, instance_id, {spelled['secret']}, created_at, created_at, created_at, {now + 14 * _DAY}, id,"
        " strategy FROM sessions WHERE ended_at IS NULL"
    )
    return [sessions(ended, is_live=False), sessions(live, is_live=True), browsers]


async def fill(url: str, instance_id: str, *, live: int, ended: int, now: int) -> None:
    """Fill a migrated database, without its indexes of sessions, which are built afterwards."""
    is_sqlite = url.startswith("sqlite")
    made = statements("sqlite" if is_sqlite else "postgresql", instance_id, live=live, ended=ended, now=now)
    kept: list[str] = []
    if is_sqlite:
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
            connection.execute("PRAGMA synchronous = OFF")
            connection.execute("PRAGMA cache_size = -400000")
            found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
            kept = [f"{sql};" for name, sql in found.fetchall() if name in _LATER]
            for statement in [*(f"DROP INDEX IF EXISTS {name}" for name in _LATER), *made, *kept]:
                connection.execute(statement)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'sessions'")
        kept = [row[1] for row in rows if row[0] in _LATER]
        for statement in [
            *(f"DROP INDEX IF EXISTS {name}" for name in _LATER),
            *made,
            *kept,
            "VACUUM ANALYZE sessions",
            "ANALYZE clients",
        ]:
            await connection.execute(statement, timeout=3600)
    finally:
        await connection.close()
