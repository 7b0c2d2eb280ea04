"""Sojourn among Django's `AUTHENTICATION_BACKENDS`; permissions, groups and staff are Django's own."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from sojourn.integrations.django.users import row_of
from sojourn.tokens.claims import Claims

__all__ = ["SojournBackend"]


class SojournBackend(ModelBackend):
    """`authenticate(request, session=request.sojourn.session)` gives the row of who is signed in; passwords are not asked here."""

    def authenticate(  # pyright: ignore[reportIncompatibleMethodOverride]  # Django finds a backend by what it takes
        self, request: HttpRequest | None, session: Claims | None = None
    ) -> Any | None:
        row = row_of(session) if isinstance(session, Claims) else None
        return row if row is not None and self.user_can_authenticate(row) else None
