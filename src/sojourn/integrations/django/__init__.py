"""For Django: middleware, a backend that maps Sojourn users to rows of `AUTH_USER_MODEL`, decorators, template tags.

INSTALLED_APPS = [
    "sojourn.integrations.django.admin.SojournAdminConfig",  # in place of "django.contrib.admin", where you have it
    ...,
    "sojourn.integrations.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "sojourn.integrations.django.middleware.SojournMiddleware",
    "sojourn.integrations.django.middleware.SessionMiddleware",         # in place of Django's, or keep Django's
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "sojourn.integrations.django.middleware.AuthenticationMiddleware",  # in place of Django's
    ...
]
AUTHENTICATION_BACKENDS = ["sojourn.integrations.django.backend.SojournBackend"]
SOJOURN = {"PUBLIC": ["/"]}
"""
