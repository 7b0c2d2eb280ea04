"""An authentication backend for Django; permissions, groups and staff status stay Django's own."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from sojourn.integrations.django.users import row_of
from sojourn.tokens.claims import Claims

__all__ = ["SojournBackend"]


class SojournBackend(ModelBackend):
    """`authenticate(request, session=request.sojourn.session)` returns the signed-in user's row.

    Passwords are not checked here.
    """

    def authenticate(  # pyright: ignore[reportIncompatibleMethodOverride]  # Django finds a backend by what it takes
        self, request: HttpRequest | None, session: Claims | None = None
    ) -> Any | None:
        row = row_of(session) if isinstance(session, Claims) else None
        return row if row is not None and self.user_can_authenticate(row) else None
