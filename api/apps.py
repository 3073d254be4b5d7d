"""REST, thin over the same functions that the screens call."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "api"
