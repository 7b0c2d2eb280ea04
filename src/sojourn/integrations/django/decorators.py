"""`@session_required` for views, sync and async."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest

from sojourn.integrations.django.requests import answered, visit
from sojourn.integrations.requirement import Requirement


def session_required(
    *, role: str = "", permission: str = "", organization: bool = False, max_age: timedelta | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Strangers are sent to sign in or get 401, others who lack something get 403. For classes: `method_decorator`."""
    requirement = Requirement(role=role, permission=permission, organization=organization, max_age=max_age)

    def guarding(view: Callable[..., Any]) -> Callable[..., Any]:
        if iscoroutinefunction(view):  # pyright: ignore[reportDeprecated]  # inspect's does not know Django's own mark

            @wraps(view)
            async def guarded_async(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
                refused = visit(request).refusal(requirement)
                return answered(refused) if refused else await view(request, *args, **kwargs)

            return guarded_async

        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            refused = visit(request).refusal(requirement)
            return answered(refused) if refused else view(request, *args, **kwargs)

        return guarded

    return guarding
