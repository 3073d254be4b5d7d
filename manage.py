"""Runs the project's commands: .venv/bin/python manage.py help."""

import os
import sys

from config.embedded_process import EmbeddedError
from config.env import SettingsError


def main() -> None:
    """Run one command; what a person can mend is said in one sentence instead of a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except (SettingsError, EmbeddedError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
