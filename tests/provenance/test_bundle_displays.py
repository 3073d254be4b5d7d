"""A bundle of reads on attested displays, with issues raised beside them, passes its check and opens them."""

from contextlib import closing
from pathlib import Path

import pytest

from audit import verify
from audit.models import Standing
from tasks.attesting import attest
from tasks.issues import answer_issue, raise_issue
from tests.databases import TestDatabases
from tests.people import labels, study, with_protocol
from tests.provenance.exports import exported, lines, members
from tests.sealed import a_sealer
from tests.tasks.test_attesting import DISPLAY

pytestmark = pytest.mark.django_db(transaction=True)


def test_displays_and_issues_are_told_and_checked(own_databases: TestDatabases, tmp_path: Path) -> None:
    chest = study("case-1", protocol=with_protocol(display={"attest": "daily"}))
    attest(acting=chest.acting("anna"), display=DISPLAY)
    task = chest.claim("anna")
    assert task.token
    anna = chest.acting("anna")
    issue = raise_issue(acting=anna, task_id=task.pk, token=task.token, kind="other", text="Which side?")
    answer_issue(acting=chest.acting("maria"), issue_id=issue.pk, text="The left one.")
    chest.submit("anna", task, {"labels": labels()})
    path = tmp_path / "b.zip"
    exported(chest, path, a_sealer(tmp_path), own_databases)
    with closing(verify.open_bundle(str(path))) as bundle:
        run = verify.verify(bundle, verify.parse_vkey(Standing.objects.get().vkey))
    assert (run.faults, verify.exit_code(run)) == ([], 0)
    found = members(path)
    actions = [event["action"] for event in lines(found["data/log/events.ndjson"])]
    assert {"issue.raised", "issue.answered", "display.attested"} <= set(actions)
    everything = b"".join(found.values())
    assert b'"diagonal_inches":30' in everything
    opened = [one["value"] for one in lines(found["data/openings.ndjson"])]
    assert "Which side?" in opened
    assert "The left one." in opened
