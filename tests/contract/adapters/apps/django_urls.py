"""Django: the views of the app."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, JsonResponse, StreamingHttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from sojourn.integrations.django.decorators import session_required

Views = Any


def show(request: Any) -> JsonResponse:
    session = request.sojourn.session
    return JsonResponse({"user": session.user_id if session else None})


def me(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"email": request.user.email})  # type: ignore[union-attr]


@session_required(role="admin")
async def admin(request: HttpRequest) -> JsonResponse:
    return show(request)


def broken(request: HttpRequest) -> JsonResponse:
    raise ZeroDivisionError


def stream(request: HttpRequest) -> StreamingHttpResponse:
    def parts() -> Iterator[str]:
        for part in range(3):
            yield f"{part}\n"

    return StreamingHttpResponse(parts())


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


urlpatterns = [
    path("", show), path("protected", show), path("me", me),
    path("open/guarded", session_required()(show)), path("open/admin", admin),
    path("open/may", session_required(permission="invoices:write")(show)),
    path("open/team", session_required(organization=True)(show)),
    path("open/fresh", session_required(max_age=timedelta(minutes=10))(show)),
    path("broken", broken), path("stream", stream), path("form", form), path("data", data),
]  # fmt: skip
