"""What must happen to a case."""

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "workflow"
