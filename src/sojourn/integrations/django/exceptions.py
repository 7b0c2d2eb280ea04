"""Handles denials that other middleware raises: Django converts them to a 500 before the guard sees a response."""

import sys

from django.core.signals import got_request_exception
from django.http import HttpRequest

from sojourn.integrations.denials import Denial, Denied
from sojourn.integrations.django.requests import asked_of
from sojourn.integrations.failures import FAILURES, failed

_NOTED = "_sojourn_refusal"


def refusal_of(error: BaseException | None, request: HttpRequest) -> Denial | None:
    """The response to a failure of the server, and to a deleted user. None for the app's own errors."""
    if isinstance(error, Denied):
        return error.refusal
    return failed(error, asked_of(request)) if isinstance(error, FAILURES) else None


def refusal_behind(request: HttpRequest) -> Denial | None:
    """The exception behind Django's 500 response to this request."""
    return getattr(request, _NOTED, None)


def _note(*, request: HttpRequest | None = None, **_: object) -> None:
    """Receives Django's `got_request_exception` signal, sent on the thread that handles the error."""
    if request is not None and (refused := refusal_of(sys.exc_info()[1], request)) is not None:
        setattr(request, _NOTED, refused)


got_request_exception.connect(_note, dispatch_uid="sojourn")
