"""Redis is gone for the whole run: people claim and submit as ever, and the machine catches up from the database."""

from typing import Any

import pytest

from audit import background
from tasks.jobs import sweep
from tests.api.client import As
from tests.broker import sending_to
from tests.people import labels, study
from workflow.checking import log_check
from workflow.models import Case

pytestmark = pytest.mark.django_db(transaction=True)

NOBODY = "redis://127.0.0.1:9/0"  # nothing listens there


def test_with_redis_gone_every_claim_and_submission_is_answered_and_kept(settings: Any) -> None:
    chest = study("case-1", "case-2")
    settings.CACHES = {"default": {"BACKEND": "config.cache.RedisOrMemory", "LOCATION": NOBODY}}
    try:
        with sending_to(NOBODY):
            for name in ("anna", "bob", "anna", "bob"):
                assert As(name).finish({"labels": labels()})["status"] == "done"
            for name in ("jin", "jana", "jin", "jana"):
                assert As(name).finish({"verdict": "accept"})["status"] == "done"
    finally:
        background._quiet_until = 0.0
    assert set(Case.objects.values_list("state", flat=True)) == {"consensus"}
    assert sweep() == 2
    assert set(Case.objects.values_list("state", flat=True)) == {"final"}
    assert log_check(chest.project).faults == []
