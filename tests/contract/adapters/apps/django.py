"""Django, over WSGI and ASGI; settings as `sojourn.integrations.django` says."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.test.utils import override_settings

from sojourn.integrations.sojourn_client import SojournClient

from . import PUBLIC

_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sojourn.integrations.django.middleware.SojournMiddleware",
    "sojourn.integrations.django.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sojourn.integrations.django.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
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
            MESSAGE_STORAGE="django.contrib.messages.storage.session.SessionStorage",
            TEMPLATES=[{
                "BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
                "OPTIONS": {"context_processors": [
                    "django.template.context_processors.request", "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]},
            }],
            STATIC_URL="/static/",
            USE_TZ=True,
        )  # fmt: skip
        django.setup()
        call_command("migrate", verbosity=0)


def build(
    sojourn: SojournClient, folder: Path, *, is_async: bool, public: Sequence[str] = PUBLIC, **options: Any
) -> tuple[Any, Any]:
    """The application, and what undoes the settings."""
    configure(folder)
    chosen = {name.upper(): value for name, value in options.items()}
    overridden = override_settings(SOJOURN={"SOJOURN": sojourn, "PUBLIC": public, **chosen})
    overridden.enable()
    return ASGIHandler() if is_async else WSGIHandler(), overridden.disable
