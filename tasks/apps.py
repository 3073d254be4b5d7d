"""Who does it, and when."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    name = "tasks"
