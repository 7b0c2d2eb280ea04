"""The cost of imported password hashes, which sets the minimum duration of refused sign-ins."""

import sqlalchemy as sa
from alembic import op

from sojourn.factors.password_costs import cost_of
from sojourn.factors.password_hashers import StoredPassword

revision = "0012"
down_revision = "0011"

_AT_ONCE = 5000


def upgrade() -> None:
    op.add_column("users", sa.Column("password_cost", sa.Text(), nullable=True))
    users = sa.table("users", *map(sa.column, ("id", "password_hasher", "password_digest", "password_cost")))
    connection, last = op.get_bind(), ""
    own = sa.and_(
        users.c.password_hasher == "argon2id", users.c.password_digest.like("$argon2id$v=19$m=19456,t=2,p=1$%")
    )
    select = sa.select(users.c.id, users.c.password_hasher, users.c.password_digest)
    theirs = select.where(users.c.password_hasher.is_not(None), sa.not_(own)).order_by(users.c.id).limit(_AT_ONCE)
    costed = sa.update(users).where(users.c.id == sa.bindparam("of_id")).values(password_cost=sa.bindparam("cost"))
    while rows := connection.execute(theirs.where(users.c.id > last)).all():
        last = rows[-1][0]
        connection.execute(
            costed, [{"of_id": id, "cost": cost_of(StoredPassword(hasher, digest))} for id, hasher, digest in rows]
        )
    costly = sa.text("password_cost IS NOT NULL")
    op.create_index(
        "ix_users_password_cost",
        "users",
        ["instance_id", "password_cost"],
        sqlite_where=costly,
        postgresql_where=costly,
    )
