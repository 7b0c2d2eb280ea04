"""Django's admin behind Sojourn's sign-in: `"sojourn.integrations.django.admin.SojournAdminConfig"` in
`INSTALLED_APPS`, in place of `"django.contrib.admin"`, or a subclass of `SojournAdminSite` in place of the app's own
`AdminSite`.
"""

from typing import Any
from urllib.parse import urlsplit

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import SimpleLazyObject
from django.views.decorators.cache import never_cache

from sojourn.integrations.django.requests import visit
from sojourn.integrations.django.signing import sent_to_sign_in, wanted_page

__all__ = ["SojournAdminConfig", "SojournAdminSite"]


class SojournAdminSite(AdminSite):
    """The admin site with Sojourn's sign-in. Signed-in users who are not staff get 403; the site has no password form."""

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Redirect unauthenticated requests to the sign-in page and back, and staff to the requested page."""
        index = reverse("admin:index", current_app=self.name)
        if request.method not in ("GET", "HEAD"):
            return HttpResponseNotAllowed(["GET", "HEAD"])
        if not self.has_permission(request):
            return sent_to_sign_in(request, visit(request), otherwise=index)
        page = wanted_page(request) or index
        return HttpResponseRedirect(index if urlsplit(page).path == request.path else page)

    login.login_required = False  # pyright: ignore[reportFunctionMemberAccess]  # as Django's login_not_required marks it

    def each_context(self, request: Any) -> dict[str, Any]:
        return {**super().each_context(request), "user": _Greeted(lambda: request.user)}


class SojournAdminConfig(AdminConfig):
    default_site = "sojourn.integrations.django.admin.SojournAdminSite"


class _Greeted(SimpleLazyObject):
    """The user's row with a display name, because rows created by Sojourn have an ID as their username."""

    def get_short_name(self) -> str:
        if not self.is_authenticated:  # also looks the row up
            return ""
        row: Any = self._wrapped
        own = row.get_short_name() if hasattr(row, "get_short_name") else ""
        return str(own or getattr(row, row.get_email_field_name(), "") or row.get_username())
