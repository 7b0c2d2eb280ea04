"""The writes of a sign-in, written once in Core and compiled when the store opens (design section 4)."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, String, Update, bindparam, case, null, or_, update

from sojourn.store.sql.database import Prepared
from sojourn.store.sql.group import Condition
from sojourn.store.sql.rows.clients import clients
from sojourn.store.sql.rows.sign_ins import sign_in_row, sign_ins
from sojourn.store.sql.rows.users import tries_row, users

# a parameter must not have the name of a column of the table
_ID = bindparam("of_id", type_=String)
_INSTANCE = bindparam("of_instance", type_=String)
_NOW = bindparam("now", type_=BigInteger)


@dataclass(frozen=True, slots=True)
class HotWrites:
    spend_try: Prepared
    spend_password_try: Prepared
    spend_both_tries: Prepared
    forgive_tries: Prepared
    forgive_password: Prepared
    note_sign_in: Prepared
    rotate_secret: Prepared
    begin_session: Prepared
    set_attempts: Prepared
    move_sign_in: Prepared

    @classmethod
    def compiled(cls, dialect: Dialect) -> "HotWrites":
        def prepared(statement: Update, *columns: str) -> Prepared:
            return Prepared.of(statement, dialect, columns)

        of_user = update(users).where(users.c.id == _ID, users.c.instance_id == _INSTANCE)
        of_client = update(clients).where(clients.c.id == _ID, clients.c.instance_id == _INSTANCE)
        held = of_client.where(clients.c.secret_hash == bindparam("before", type_=LargeBinary))
        by_tries = or_(users.c.locked_at.is_(None), users.c.locked_until.is_not(None))
        unchanged = (
            sign_ins.c.id == _ID,
            sign_ins.c.instance_id == _INSTANCE,
            sign_ins.c.status == bindparam("before_status", type_=String),
            sign_ins.c.verification_id.is_not_distinct_from(bindparam("before_verification", type_=String)),
            sign_ins.c.second_verification_id.is_not_distinct_from(bindparam("before_second", type_=String)),
        )
        return cls(
            spend_try=prepared(_spending(of_user, towards_lock=True, of_password=False)),
            spend_password_try=prepared(_spending(of_user, towards_lock=False, of_password=True)),
            spend_both_tries=prepared(_spending(of_user, towards_lock=True, of_password=True)),
            forgive_tries=prepared(of_user.where(by_tries).values(failed_tries=0, locked_at=None, locked_until=None)),
            forgive_password=prepared(of_user.where(users.c.password_failures > 0).values(password_failures=0)),
            note_sign_in=prepared(of_user.values(last_sign_in_at=_NOW, last_active_at=_NOW)),
            rotate_secret=prepared(
                held.returning(clients.c.id),
                "secret_hash", "previous_secret_hash", "previous_secret_until", "updated_at", "generation",
                "earlier_secrets",
            ),
            begin_session=prepared(
                of_client.values(signed_in_changed_at=_NOW, updated_at=_NOW, sign_in_id=null(), sign_up_id=null()),
                "last_active_session_id", "last_authentication_strategy",
            ),
            set_attempts=prepared(held.returning(clients.c.id), "sign_in_id", "sign_up_id", "updated_at"),
            move_sign_in=prepared(
                update(sign_ins).where(*unchanged).returning(sign_ins.c.id),
                *(column.name for column in sign_in_row.columns),
            ),
        )  # fmt: skip


def _spending(of_user: Update, *, towards_lock: bool, of_password: bool) -> Update:
    """Count a try in one guarded statement, unless the user is currently locked or the password was tried too often."""
    guards: list[Condition] = []
    values: dict[str, object] = {}
    if towards_lock:
        ran_out = users.c.locked_until.is_not(None) & (users.c.locked_until <= _NOW)
        tries = case((ran_out, 1), else_=users.c.failed_tries + 1)
        is_last = tries >= bindparam("limit", type_=Integer)
        values["failed_tries"] = tries
        values["locked_at"] = case((is_last, _NOW), else_=null())
        values["locked_until"] = case((is_last, bindparam("lock_until", type_=BigInteger)), else_=null())
        guards.append(or_(users.c.locked_at.is_(None), ran_out))
    if of_password:
        values["password_failures"] = users.c.password_failures + 1
        guards.append(users.c.password_failures < bindparam("password_limit", type_=Integer))
    counted = of_user.where(*guards).values(values)
    return counted.returning(*tries_row.columns)
