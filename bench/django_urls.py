"""The one view of both Django apps under measure, in the colour of their server."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import path


def hello(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"hello": "world"})


async def hello_async(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"hello": "world"})


view = hello_async if settings.BENCH_ASYNC else hello

urlpatterns = [path("open", view), path("guarded", view)]
