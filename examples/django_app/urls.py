"""A public page, a protected page with the user button, a protected API, and Django's own admin."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path

from sojourn.integrations.django.requests import SojournRequest


def home(request: HttpRequest) -> HttpResponse:
    return render(request, "page.html", {"title": "Welcome", "user": None})


def protected(request: HttpRequest) -> HttpResponse:
    looks = request.session["looks"] = request.session.get("looks", 0) + 1
    return render(request, "page.html", {"title": "Your page", "looks": looks})


def api(request: SojournRequest) -> JsonResponse:
    session = request.sojourn.session  # the guard let nobody else come here
    assert session is not None
    return JsonResponse({"user_id": session.user_id, "session_id": session.session_id})


urlpatterns = [
    path("", home),
    path("protected", protected),
    path("api/protected", api),
    path("admin/", admin.site.urls),
]
