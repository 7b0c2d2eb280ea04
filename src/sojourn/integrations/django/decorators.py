"""`@session_required` for views, sync and async; `SessionRequiredMixin` for classes."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, ClassVar

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest, HttpResponse

from sojourn.integrations.decorators import SessionRequired
from sojourn.integrations.django.requests import answered, visit
from sojourn.integrations.requirement import UNASKED, Requirement, Unasked

__all__ = ["SessionRequiredMixin", "session_required"]


def _guarded(view: Callable[..., Any], requirement: Requirement) -> Callable[..., Any]:
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


session_required = SessionRequired(_guarded)
"""Guards a view."""


class SessionRequiredMixin:
    """`session_required` for class-based views, sync and async. List it before the view's base class."""

    required_role: ClassVar[str | Unasked] = UNASKED
    required_permission: ClassVar[str | Unasked] = UNASKED
    required_organization: ClassVar[bool] = False
    required_max_age: ClassVar[timedelta | Unasked] = UNASKED

    def __init_subclass__(cls, **options: Any) -> None:
        """Raises: ConfigError at class definition."""
        super().__init_subclass__(**options)
        _required_of(cls)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        refused = visit(request).refusal(_required_of(self))
        view: Any = super()
        if refused is None:
            return view.dispatch(request, *args, **kwargs)
        answer = answered(refused)
        return _later(answer) if getattr(self, "view_is_async", False) else answer


def _required_of(view: SessionRequiredMixin | type[SessionRequiredMixin]) -> Requirement:
    return Requirement(
        role=view.required_role, permission=view.required_permission,
        organization=view.required_organization, max_age=view.required_max_age,
    )  # fmt: skip


async def _later(answer: HttpResponse) -> HttpResponse:
    return answer
