"""One who registers cases in a project of their own: told by lines what to do, each answered with a line of JSON.

`ours CASES` registers as many, a thousand to a call at most; `plain CASES` inserts the rows that came of as many cases
into a table without rules, in transactions of as many.

python -m bench.inside.registering SLUG
"""

import sys
import time
from typing import Any
from uuid import UUID

import django

AT_ONCE = 1000
# What is written for a case: its events, what it is about, two openings, itself, its round, its tasks.
_ROWS = """
SELECT body FROM audit_event WHERE stream_id = ANY (%(ids)s)
UNION ALL SELECT body FROM audit_content WHERE digest IN (
  SELECT after_digest FROM audit_event WHERE stream_id = ANY (%(ids)s) AND after_digest IS NOT NULL)
UNION ALL SELECT convert_to(o::text, 'UTF8') FROM audit_opening o WHERE subject_id = ANY (%(ids)s)
UNION ALL SELECT convert_to(c::text, 'UTF8') FROM workflow_case c WHERE id = ANY (%(ids)s)
UNION ALL SELECT convert_to(r::text, 'UTF8') FROM workflow_caseround r WHERE case_id = ANY (%(ids)s)
UNION ALL SELECT convert_to(t::text, 'UTF8') FROM tasks_task t WHERE case_id = ANY (%(ids)s)
"""
_INSERT = "INSERT INTO bench_plain (body) SELECT unnest(%s::bytea[])"


class Registrar:
    """A manager with a project whose guideline and protocol are published."""

    def __init__(self, slug: str) -> None:
        from demo.accounts import users
        from demo.guidelines import guideline
        from demo.protocols import protocol
        from workflow import versions
        from workflow.acting import Acting
        from workflow.models import Membership
        from workflow.projects import create_project

        self.project = create_project(founder=users()["manager"], slug=slug, name="Intake")
        member = Membership.objects.select_related("project__log").get(project=self.project)
        self.acting, self.registered = Acting(member, "manager"), 0
        self.rows: list[bytes] = []
        given: dict[str, Any] = {"acting": self.acting, "project": self.project}
        drafted = versions.draft_guideline(**given, document=guideline())
        versions.publish_guideline(acting=self.acting, version=drafted, change_note="First version.")
        planned = versions.draft_protocol(**given, document=protocol())
        versions.publish_protocol(acting=self.acting, version=planned, change_note="First version.")

    def ours(self, cases: int) -> dict[str, Any]:
        """Register that many, two of each patient."""
        from tasks.cases import register
        from workflow.intake import NewCase

        calls, ids, numbers = [], [], range(self.registered, self.registered + cases)
        for start in range(0, cases, AT_ONCE):
            calls.append([
                NewCase(f"case-{n}", f"patient-{n // 2}", "train", {"scanner": f"s{n % 7}", "site": "north"},
                        shown={"question": "Is there a nodule at the marked place?", "place": {"slice": n % 300}})
                for n in numbers[start : start + AT_ONCE]
            ])  # fmt: skip
        begun = time.perf_counter()
        for call in calls:
            ids += [row.case_id for row in register(acting=self.acting, project=self.project, cases=call)]
        seconds = time.perf_counter() - begun
        self.registered += cases
        self.rows = self.rows or self._rows([one for one in ids if one])
        return {"cases": cases, "seconds": seconds}

    def plain(self, cases: int) -> dict[str, Any]:
        """Insert what came of the first ones again and again, until it was as many."""
        from django.db import connection, transaction

        kept = min(self.first, cases)
        share = self.rows[: len(self.rows) * kept // self.first]
        begun = time.perf_counter()
        for _ in range(0, cases, kept):
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(_INSERT, [share])
        return {"cases": -(-cases // kept) * kept, "seconds": time.perf_counter() - begun}

    def _rows(self, ids: list[UUID]) -> list[bytes]:
        from django.db import connection

        self.first = len(ids)
        with connection.cursor() as cursor:
            cursor.execute(_ROWS, {"ids": ids})
            return [bytes(body) for (body,) in cursor.fetchall()]


def main() -> None:
    """Work until the input ends."""
    from bench.inside.telling import tell

    django.setup()
    registrar = Registrar(sys.argv[1])
    tell({"ready": True})
    for line in sys.stdin:
        what, how_much = line.split()
        tell({"ours": registrar.ours, "plain": registrar.plain}[what](int(how_much)))


if __name__ == "__main__":
    main()
