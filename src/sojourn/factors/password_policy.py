"""The password policy: minimum and maximum length, and no commonly used password (R-PWD-06, R-PWD-08, R-PWD-09)."""

from collections.abc import Iterable

from sojourn.errors import FieldEmpty, PasswordCommon, PasswordTooLong, PasswordTooManyBytes, PasswordTooShort
from sojourn.factors.common_passwords import is_common
from sojourn.instances.settings import LEAST_PASSWORD

__all__ = ["check_new_password"]

MAX_LENGTH = 256
MAX_BYTES = 1024
_SHORTEST_CONTEXT = 4


def check_bounds(password: str, *, param: str) -> None:
    """Bound the cost of a hash, even if a Backend API call skips password checks. Raises: FieldEmpty, PasswordTooLong, PasswordTooManyBytes."""
    if not password:
        raise FieldEmpty(param)
    if len(password) > MAX_LENGTH:
        raise PasswordTooLong(f"Passwords must be at most {MAX_LENGTH} characters.", param=param)
    if len(password.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise PasswordTooManyBytes(f"Passwords must be at most {MAX_BYTES} bytes.", param=param)


def check_new_password(
    password: str, *, param: str, min_length: int = LEAST_PASSWORD, context: Iterable[str] = ()
) -> None:
    """No rules of composition; lengths in code points. `context` are words that belong to this account or application.

    Raises: PasswordTooShort, PasswordTooLong, PasswordTooManyBytes, PasswordCommon. Checked before any hashing.
    """
    check_bounds(password, param=param)
    if len(password) < min_length:
        raise PasswordTooShort(f"Passwords must be {min_length} characters or more.", param=param)
    if is_common(password) or _is_context(password.casefold(), context):
        raise PasswordCommon(param=param)


def _is_context(folded: str, context: Iterable[str]) -> bool:
    """True if the password consists mostly of the application's name, the address or the username."""
    for text in context:
        for word in {text.casefold(), text.partition("@")[0].casefold()}:
            squeezed = word.replace(" ", "")
            if (
                len(squeezed) >= _SHORTEST_CONTEXT
                and squeezed in folded
                and len(folded) - len(squeezed) < _SHORTEST_CONTEXT
            ):
                return True
    return False
