"""What `open_epoch` and `recover_log` share: freeze, wait for the sealer, open; each can be repeated."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from audit.log import Entry, Request
from workflow.acting import machine
from workflow.epochs import freeze, open_log, what_is_lost
from workflow.errors import StillSealing
from workflow.management.about import add_project, project_named, refusals_told
from workflow.models import Project

WAIT_SECONDS, PAUSE_SECONDS = 60.0, 0.5


class EpochCommand(BaseCommand):
    """A command that carries a project's log into its next epoch."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Project, reason, patience."""
        add_project(parser)
        parser.add_argument(
            "--reason", required=True, help="why, in words; the log keeps a commitment to them"
        )
        parser.add_argument(
            "--wait", type=float, default=WAIT_SECONDS, help="seconds for the sealer (%(default)s)"
        )

    def carry_on(self, slug: str, reason: str, wait: float, witnessed: str = "") -> Entry:
        """Do it; CommandError with a sentence if that can't be."""
        project = project_named(slug)
        with refusals_told():
            if witnessed:
                what_is_lost(project.log, witnessed)
            return self._opened(project, reason, wait, witnessed)

    def _opened(self, project: Project, reason: str, wait: float, witnessed: str) -> Entry:
        about: dict[str, Any] = {"reason": reason, "witnessed": witnessed}
        acting = machine(Request(tool=f"manage.py {type(self).__module__.rpartition('.')[2]}"))
        freeze(acting=acting, project=project)
        end = time.monotonic() + wait
        while True:
            try:
                return open_log(acting=acting, project=project, **about)
            except StillSealing:
                if time.monotonic() >= end:
                    raise
            time.sleep(PAUSE_SECONDS)
