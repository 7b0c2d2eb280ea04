"""Django: the views of the app."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

from django.contrib import admin as django_admin
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from sojourn.integrations.django.admin import SojournAdminSite
from sojourn.integrations.django.decorators import SessionRequiredMixin, session_required

Views = Any


def show(request: Any) -> JsonResponse:
    session = request.sojourn.session
    return JsonResponse({"user": session.user_id if session else None})


def me(request: Any) -> JsonResponse:
    if not request.user.is_authenticated:
        request.sojourn.user_now()  # nobody is there by now: this says so
    return JsonResponse({"email": request.user.email})


@session_required(role="admin")
async def admin(request: HttpRequest) -> JsonResponse:
    return show(request)


def broken(request: HttpRequest) -> JsonResponse:
    raise ZeroDivisionError


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[bytes]:
        for part in range(3):
            yield f"{part}\n".encode()

    async def parts_over_asgi() -> AsyncIterator[bytes]:
        for part in parts():
            yield part

    return StreamingHttpResponse(parts_over_asgi() if isinstance(request, ASGIRequest) else parts())


@csrf_exempt
def form(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"done": True})


@csrf_exempt
def data(request: HttpRequest) -> JsonResponse:
    if request.method == "POST":
        request.session["name"] = request.GET["name"]
    elif request.method == "DELETE":
        request.session.flush()
    return JsonResponse({"name": request.session.get("name")})


class Shown(View):
    def get(self, request: HttpRequest) -> JsonResponse:
        return show(request)


class Mixed(LoginRequiredMixin, Shown):
    """Django's own mixin."""


class Editors(SessionRequiredMixin, Shown):
    required_role = "editor"


class AsyncEditors(SessionRequiredMixin, View):
    required_role = "editor"

    async def get(self, request: HttpRequest) -> JsonResponse:
        return show(request)


@session_required
def bare(request: HttpRequest) -> JsonResponse:
    return show(request)


def noted(request: HttpRequest) -> JsonResponse:
    """Says what was noted before, and notes one thing more."""
    said = [str(each) for each in messages.get_messages(request)]
    messages.info(request, "hello")
    return JsonResponse({"said": said})


STAFF, OPEN_STAFF = SojournAdminSite("staff"), SojournAdminSite("open-staff")

urlpatterns = [
    path("admin/", django_admin.site.urls), path("staff/", STAFF.urls), path("open/staff/", OPEN_STAFF.urls),
    path("open/login", login_required(show)), path("open/mixed", Mixed.as_view()), path("open/bare", bare),
    path("open/users", permission_required("auth.view_user")(show)), path("open/noted", noted),
    path("open/editors", Editors.as_view()), path("open/async-editors", AsyncEditors.as_view()),
    path("", show), path("protected", show), path("me", me),
    path("open/guarded", session_required()(show)), path("open/admin", admin),
    path("open/may", session_required(permission="invoices:write")(show)),
    path("open/team", session_required(organization=True)(show)),
    path("open/fresh", session_required(max_age=timedelta(minutes=10))(show)),
    path("broken", broken), path("stream", stream), path("form", form), path("data", data),
]  # fmt: skip
