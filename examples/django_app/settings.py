"""What `django-admin startproject` writes, as short as it goes; what is Sojourn's is marked."""

import os
from pathlib import Path

DEBUG = True
SECRET_KEY = os.environ.get("DJANGO_SECRET_KEY", "for development alone")
ALLOWED_HOSTS = ["localhost"]
ROOT_URLCONF = "urls"
STATIC_URL = "static/"
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": Path(__file__).parent / "django.db"}}

INSTALLED_APPS = [
    "sojourn.integrations.django.admin.SojournAdminConfig",  # Sojourn, in place of "django.contrib.admin"
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "sojourn.integrations.django",  # Sojourn
]
MIDDLEWARE = [
    "sojourn.integrations.django.middleware.SojournMiddleware",  # Sojourn
    "sojourn.integrations.django.middleware.SessionMiddleware",  # Sojourn, in place of Django's
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sojourn.integrations.django.middleware.AuthenticationMiddleware",  # Sojourn, in place of Django's
    "django.contrib.messages.middleware.MessageMiddleware",
]
AUTHENTICATION_BACKENDS = ["sojourn.integrations.django.backend.SojournBackend"]  # Sojourn

if "SOJOURN_URL" in os.environ:  # a server elsewhere; `sojourn env django` prints these three
    SOJOURN = {
        "URL": os.environ["SOJOURN_URL"],
        "PUBLISHABLE_KEY": os.environ["SOJOURN_PUBLISHABLE_KEY"],
        "SECRET_KEY": os.environ["SOJOURN_SECRET_KEY"],
        "PUBLIC": ["/"],
    }
else:  # inside this process
    SOJOURN = {"PUBLIC_URL": "http://localhost:8000/auth", "PUBLIC": ["/"]}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
