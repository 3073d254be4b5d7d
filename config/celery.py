"""The jobs' application: `celery -A config.celery worker`, `celery -A config.celery beat`."""

import os
import sys
from logging.config import dictConfig
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings

from config.env import SettingsError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
try:
    _ = settings.DEBUG  # reads them all
except SettingsError as error:
    sys.exit(str(error))

app = Celery("consilium")
app.config_from_object("django.conf:settings", namespace="CELERY")
# A package of ours is called `tasks`, so jobs live in jobs.py.
app.autodiscover_tasks(related_name="jobs")


def _our_logs(**_: Any) -> None:
    dictConfig(settings.LOGGING)


# Celery's documented way of keeping its hands off the logs; its signals are not Django's.
setup_logging.connect(_our_logs, weak=False)
