"""A management command that is killed (kill -9) at a chosen moment: `python -m tests.dying EVENT PART COUNT COMMAND …`.

The moment is the COUNTth of Python's audit events EVENT ("open", "os.rename") on a path that holds PART.
"""

import os
import signal
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main(event: str, part: str, count: str, *command: str) -> None:
    """Run the command until that moment."""
    left = int(count)

    def watch(name: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if name == event and part in str(arguments[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    from django.core.management import execute_from_command_line

    sys.addaudithook(watch)
    execute_from_command_line(["manage.py", *command])


if __name__ == "__main__":
    main(*sys.argv[1:])
