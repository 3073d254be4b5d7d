"""The service as a Django app: its commands, and the application that jobs are sent through."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        """Make the jobs' application the current one, in every process that may send a job."""
        import config.celery  # noqa: F401
