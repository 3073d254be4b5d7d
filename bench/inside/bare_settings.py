"""The service's own settings without what the service does: the same server, database and pool."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "bench.inside.bare"
MIDDLEWARE = []
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "rest_framework", "accounts"]
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}
