"""A case's dossier over the API: for staff who play no part in the case, in the form that the schema says."""

from pathlib import Path

import pytest

from api.dossier import DossierOut
from tests.api.client import As
from tests.api.forms import check_form
from tests.databases import TestDatabases
from tests.people import study
from tests.provenance.dossiers import LOOK, disputed, with_second_round
from tests.sealed import a_sealer, seal_all
from tests.staff import give

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_has_the_form_that_the_schema_says(tmp_path: Path, own_databases: TestDatabases) -> None:
    chest = with_second_round()
    seal_all(a_sealer(tmp_path), own_databases)
    told = As("aud").get(f"/cases/{chest.case().pk}/dossier")
    check_form(DossierOut(), told, "dossier")
    first = told["rounds"][0]["reads"][0]
    assert (first["act"]["who"]["name"], first["review"]["why"]["text"]) == ("Anna Annotator", LOOK)
    assert told["proof"]["covers"] == told["events"] == len(told["lines"])
    assert As("maria").get(f"/cases/{chest.case().pk}/proof")["tlog_proof"] == told["proof"]["tlog_proof"]


def test_whoever_plays_a_part_gets_it_once_the_case_is_final() -> None:
    chest = study("case-1")
    give(chest, "bob", "annotator", "auditor")
    address = f"/cases/{chest.case().pk}/dossier"
    chest.read("anna")
    chest.read("bob")
    assert As("bob").get(address, 403)["code"] == "not_allowed"
    As("anna").get(address, 403)
    chest.review("jin")
    chest.review("jana")
    assert len(As("bob").get(address)["rounds"][0]["reads"]) == 2


def test_a_log_that_is_not_signed_is_told_without_a_proof() -> None:
    chest = disputed()
    told = As("maria").get(f"/cases/{chest.case().pk}/dossier")
    assert told["proof"] is None
    assert {line["act"]["leaf_index"] for line in told["lines"]} == {None}
