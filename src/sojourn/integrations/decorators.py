"""`@session_required`, usable bare or with requirements."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar, overload

from sojourn.errors import ConfigError
from sojourn.integrations.requirement import UNASKED, Requirement, Unasked

View = TypeVar("View", bound=Callable[..., Any])
Guarded = Callable[[Callable[..., Any], Requirement], Callable[..., Any]]


class SessionRequired:
    """Unauthenticated requests are redirected to sign in or get 401, unmet requirements get 403; a websocket is closed with 4401."""

    def __init__(self, guarded: Guarded) -> None:
        """`guarded` wraps a view with the guard, in the framework's way."""
        self._guarded = guarded

    @overload
    def __call__(self, view: View, /) -> View: ...

    @overload
    def __call__(
        self, *, role: str | Unasked = UNASKED, permission: str | Unasked = UNASKED, organization: bool = False,
        max_age: timedelta | Unasked = UNASKED,
    ) -> Callable[[View], View]: ...  # fmt: skip

    def __call__(self, *views: Callable[..., Any], **wanted: Any) -> Any:
        if not all(map(callable, views)):
            raise ConfigError(f"session_required takes names, such as role={views[0]!r}")
        requirement = Requirement(**wanted)

        def sign_in_protection(view: Callable[..., Any]) -> Callable[..., Any]:
            return self._guarded(view, requirement)

        return sign_in_protection(*views) if views else sign_in_protection
