"""The schema's metadata and column types.

Every table carries its instance (R-AUZ-02); times are integer milliseconds, JSON is text, hashes are bytes.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    false,
    text,
)

metadata = MetaData()


def id_column(name: str = "id", *, primary: bool = True) -> Column[str]:
    return Column(name, String(64), primary_key=primary, nullable=False)


def reference(name: str, *, optional: bool = False) -> Column[str]:
    return Column(name, String(64), nullable=optional)


def user_reference() -> Column[str]:
    """A foreign key to the user with ON DELETE CASCADE: a write that races with the deletion fails or is deleted, never
    left behind.
    """
    return Column("user_id", String(64), ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


def time_column(name: str, *, optional: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=optional)


def text_column(name: str, *, optional: bool = True) -> Column[str]:
    return Column(name, Text, nullable=optional)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=false())


def bytes_column(name: str, *, optional: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=optional)


def counter(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=text("0"))
