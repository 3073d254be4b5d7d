"""HTML by person."""

from django.apps import AppConfig


class ScreensConfig(AppConfig):
    name = "screens"
