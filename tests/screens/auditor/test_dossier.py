"""The page of a case's dossier, for auditors and managers who play no part in the case, and its proof as a file."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.databases import TestDatabases
from tests.people import Study, study
from tests.provenance.dossiers import LOOK, REMARK, disputed, with_second_round
from tests.screens.desk import Desk
from tests.sealed import a_sealer, seal_all
from tests.staff import give

pytestmark = pytest.mark.django_db(transaction=True)


def dossier(chest: Study, under: str = "/audit/chest") -> str:
    return f"{under}/cases/{chest.case().pk}/dossier/"


def test_it_tells_the_whole_case_in_words() -> None:
    chest = with_second_round()
    page = Desk("aud").get(dossier(chest))
    for told in (
        "Dossier of case-1 final", "Read 1.1, Anna Annotator superseded", "(before: 1)",
        "Junior review: returned by Jin Junior, as junior reviewer,",
        f"boundary: “{LOOK}”", f"/fields/malignancy : {REMARK}", "corrected to 4",
        "physician, radiology, 7 years of experience", f"guideline version 1 {chest.guideline.content_id[7:19]}",
        "the read 2.1 as corrected", "agree if at most 1 apart; high median; critical cut-off 4",
        "1.2 and 2.1 differ by 2; 1 is allowed. They do not agree.",
        "disputed : reads on both sides of critical cut-off 4",
        "Arbitration, Sana Senior decided", "perception: “The margin is clear.”",
        "Reference label, version 1 superseded", "Round 2", "the same readers again",
        "new evidence: “Histology came in.”", "Label in force: version 2, determined, by consensus",
        "None of this case’s events is under a signed head yet", "found whole",
    ):  # fmt: skip
        assert told in page, told
    assert "patient-" not in page


def test_managers_read_it_on_their_side_and_both_come_to_it_from_the_case(tmp_path: Path) -> None:
    chest = study("case-1")
    for name, under in (("aud", "/audit/chest"), ("maria", "/projects/chest")):
        desk, case = Desk(name), f"{under}/cases/{chest.case().pk}/"
        assert dossier(chest, under) in desk.links(case)
        assert {case, f"/api/v1/cases/{chest.case().pk}/dossier"} <= set(desk.links(dossier(chest, under)))
        assert "patient-" not in desk.raw(dossier(chest, under))


def test_whoever_plays_a_part_finds_it_closed_until_the_case_is_final() -> None:
    chest = study("case-1")
    give(chest, "bob", "annotator", "auditor", "manager")
    chest.read("anna")
    chest.read("bob")
    places = [dossier(chest, under) for under in ("/audit/chest", "/projects/chest")]
    places += [place.replace("dossier/", "tlog-proof") for place in places]
    for place in places:
        assert "play a part in this case" in Desk("bob").get(place, 403)
    chest.review("jin")
    chest.review("jana")
    for place in places:
        Desk("bob").get(place, 409 if place.endswith("proof") else 200)


def test_a_case_is_found_in_its_own_project_alone() -> None:
    chest = study("case-1")
    study_of_knees = study("knee-1", slug="knee")
    case = study_of_knees.case("knee-1").pk
    for under in ("/audit/chest", "/projects/chest"):
        for file in ("dossier/", "tlog-proof"):
            Desk("aud" if "audit" in under else "maria").get(f"{under}/cases/{case}/{file}", 404)
    assert chest.case().external_ref == "case-1"


def test_the_proof_says_how_far_it_reaches_and_is_downloaded_as_a_file(
    tmp_path: Path, own_databases: TestDatabases
) -> None:
    chest, sealer = disputed(), a_sealer(tmp_path)
    aud, proof = Desk("aud"), dossier(chest).replace("dossier/", "tlog-proof")
    assert "isn't under a signed head yet" in aud.get(proof, 409)
    seal_all(sealer, own_databases)
    events = chest.case().audit_seq
    assert f"The proof reaches all {events} events of the case" in aud.get(dossier(chest))
    chest.reopen("same_readers")
    page = aud.get(dossier(chest))
    assert f"The proof reaches up to event {events} of {chest.case().audit_seq}" in page
    response = aud.http.get(proof)
    assert response["Content-Disposition"] == f'attachment; filename="{chest.case().pk}.tlog-proof"'
    assert response.content.startswith(b"c2sp.org/tlog-proof@v1\nindex ")
    assert " ".join(response.content.decode().split()) in page


def test_what_was_erased_says_so(owner_connection: psycopg.Connection) -> None:
    chest = disputed()
    owner_connection.execute("DELETE FROM audit_opening")
    owner_connection.commit()
    page = Desk("aud").get(dossier(chest))
    assert "Dossier of a case whose reference was erased" in page
    assert f"Read 1.1, {chest.members['anna'].actor_id} (name erased)" in page
    assert "perception (words erased)" in page
    assert "Anna Annotator" not in page


def test_what_does_not_hold_stands_at_the_head_of_the_page(superuser_connection: psycopg.Connection) -> None:
    chest = disputed()
    superuser_connection.execute("SET session_replication_role = replica")
    superuser_connection.execute(
        "UPDATE audit_opening SET value = '{\"name\": \"Somebody Else\"}' WHERE kind = 'person'"
    )
    superuser_connection.commit()
    page = Desk("aud").get(dossier(chest))
    assert "This did not hold when it was recomputed for this page: The opening is not that of" in page
    assert "found whole" not in page
    assert "Somebody Else" not in page.partition("did not hold")[2]


def test_a_guideline_that_is_no_longer_kept_leaves_the_answers_as_they_are_stored(
    superuser_connection: psycopg.Connection,
) -> None:
    chest = disputed()
    superuser_connection.execute("ALTER TABLE audit_content DISABLE TRIGGER ALL")
    superuser_connection.execute("DELETE FROM audit_content WHERE digest = %s", [chest.guideline.content_id])
    superuser_connection.commit()
    page = Desk("aud").get(dossier(chest))
    assert "The guideline that says how to read this is no longer kept" in page
    assert '"malignancy": 2' in page


def test_a_long_case_asks_the_database_no_more_than_a_short_one(
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    chest, aud = study("case-1"), Desk("aud")
    with django_assert_max_num_queries(30) as asked:
        aud.get(dossier(chest))
    before = len(asked)
    chest.agree_at_two()
    with django_assert_max_num_queries(before):
        aud.get(dossier(chest))


def test_the_page_has_a_style_for_paper() -> None:
    chest = study("case-1")
    assert "/static/css/dossier.css" in Desk("aud").raw(dossier(chest))
    sheet = (Path(__file__).parents[3] / "static/css/dossier.css").read_text("utf-8")
    assert "size: A4" in sheet
    assert "@media print" in sheet
    assert f"Case {chest.case().pk}" in Desk("aud").get(dossier(chest))
