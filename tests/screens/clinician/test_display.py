"""Start next asks for the display first where the protocol does, once a day, and then goes on."""

from datetime import UTC, datetime

import pytest

from tasks.models import Attestation
from tests.people import Study, study, with_protocol

from .seat import Seat, address, answers, said

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN = {
    "diagonal": "30", "width": "3840", "height": "2160", "calibrated": "yes", "calibrated_on": "2020-01-01",
    "dimmed": "yes",
}  # fmt: skip


@pytest.fixture
def chest() -> Study:
    return study("case-1", protocol=with_protocol(display={"attest": "daily"}))


def test_start_next_asks_first_and_goes_on_with_the_case(chest: Study) -> None:
    anna = Seat("anna")
    assert "The display you read on today" in said(anna.start())
    assert not chest.case().parts.exists()
    assert "Guideline" in said(anna.post("/work/display/chest/", **GIVEN))
    anna.act("submit", **answers())
    assert Attestation.objects.count() == 1


def test_a_calibrated_display_was_calibrated_on_a_day(chest: Study) -> None:
    anna = Seat("anna")
    told = anna.post("/work/display/chest/", 422, **{**GIVEN, "calibrated_on": ""})
    assert "Say when it was calibrated last" in said(told)
    told = anna.post("/work/display/chest/", 422, **{**GIVEN, "calibrated_on": "2999-01-01"})
    assert "lies in the future" in said(told)
    anna.post("/work/display/chest/", **{**GIVEN, "calibrated": "no", "calibrated_on": ""})
    assert Attestation.objects.get().content.data["calibrated_on"] is None


def test_a_case_in_hand_asks_on_the_next_day_and_leads_back(chest: Study) -> None:
    anna = Seat("anna")
    anna.post("/work/display/chest/", **GIVEN)
    anna.start()
    # Where it is another day now than in UTC.
    chest.project.time_zone = "Etc/GMT+12" if datetime.now(UTC).hour < 12 else "Pacific/Kiritimati"
    chest.project.save(update_fields=["time_zone"])
    page = anna.get(address(anna.task))
    assert "The display you read on today" in said(page)
    assert 'value="3840"' in page.content.decode()
    assert anna.post("/work/display/chest/", task=str(anna.task.pk), **GIVEN).wsgi_request.path == address(
        anna.task
    )
