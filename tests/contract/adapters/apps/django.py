"""Django, over WSGI and ASGI; settings as `sojourn.integrations.django` says."""

from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test.utils import override_settings

from sojourn.integrations.handle import Handle

from . import PUBLIC

_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sojourn.integrations.django.middleware.SojournMiddleware",
    "sojourn.integrations.django.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sojourn.integrations.django.middleware.AuthenticationMiddleware",
]


def configure(folder: Path) -> None:
    """Django's settings, once a process, and an empty database."""
    if not settings.configured:
        settings.configure(
            SECRET_KEY="for tests alone",
            ALLOWED_HOSTS=["localhost"],
            DEBUG_PROPAGATE_EXCEPTIONS=True,
            ROOT_URLCONF=f"{__package__}.django_urls",
            INSTALLED_APPS=[
                "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions", "django.contrib.messages",
                "django.contrib.admin", "sojourn.integrations.django",
            ],
            MIDDLEWARE=_MIDDLEWARE,
            AUTHENTICATION_BACKENDS=["sojourn.integrations.django.backend.SojournBackend"],
            DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": folder / "django.db"}},
            USE_TZ=True,
        )  # fmt: skip
        django.setup()
        call_command("migrate", verbosity=0)


def build(sojourn: Handle, folder: Path, *, is_async: bool, **options: Any) -> tuple[Any, Any]:
    """The application, and what undoes the settings."""
    configure(folder)
    trusted = {"TRUSTED_ORIGINS": options["trusted_origins"]} if "trusted_origins" in options else {}
    overridden = override_settings(SOJOURN={"SOJOURN": sojourn, "PUBLIC": PUBLIC, **trusted})
    overridden.enable()
    return ASGIHandler() if is_async else WSGIHandler(), overridden.disable
