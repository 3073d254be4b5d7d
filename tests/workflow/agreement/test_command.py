"""The command line: one object for a table, one sentence and exit 2 for what is none, and no Django."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.agreement.published import examples
from workflow.agreement.__main__ import main
from workflow.agreement.csvtable import read_csv

ROOT = Path(__file__).parents[3]
GWET = examples("gwet_multirater")[0]


def as_csv(rows: list[list[Any]], names: str = "") -> str:
    return names + "".join(",".join("" if x is None else str(x) for x in row) + "\n" for row in rows)


def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, *options: str) -> dict[str, Any]:
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert main([str(path), *options, "--draws", "50"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def test_a_process_of_its_own_needs_no_django_and_prints_one_object(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text(as_csv(GWET["data"]))
    script = (
        "import runpy, sys; sys.argv[1:] = sys.argv[1:]\n"
        "try: runpy.run_module('workflow.agreement', run_name='__main__', alter_sys=True)\n"
        "except SystemExit as end: assert end.code == 0, end.code\n"
        "assert not {'django', 'pandas', 'sklearn', 'statsmodels'} & set(sys.modules), 'too much was imported'"
    )
    command = [sys.executable, "-c", script, str(path), "--level", "nominal", "--json", "-"]
    done = subprocess.run(command, cwd=ROOT, env={}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert (found["n_units"], found["n_readers"], found["missing"]) == (12, 4, 7)
    expected = GWET["expected"]
    for name, of in (
        ("percent_agreement", "po"),
        ("krippendorff_alpha", "alpha_nominal"),
        ("fleiss_kappa", "fleiss"),
        ("gwet_ac1", "gwet_ac1"),
    ):
        assert found[name] == pytest.approx(expected[of]["value"], abs=1e-11)
        low, high = found[f"{name}_ci95"]
        assert low < found[name] <= high
    assert "cohen_kappa" not in found
    assert "bootstrap over cases, 1000 draws" in found["details"]["fleiss_kappa"]["interval"]["method"]


def test_the_library_is_imported_without_scipy() -> None:
    modules = "cohen, fleiss, gwet, krippendorff, pabak, percent, icc, bland_altman, dawid_skene, detections, summary"
    script = f"import sys; from workflow.agreement import {modules}; print('scipy' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip() == "False", done.stderr


@pytest.mark.parametrize("weights", ["linear", "quadratic"])
def test_weights_go_to_every_coefficient_that_takes_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], weights: str
) -> None:
    found = ask(tmp_path, capsys, as_csv(GWET["data"]), "--level", "ordinal", "--weights", weights)
    expected = GWET["expected"]
    assert found["gwet_ac2"] == pytest.approx(expected[f"gwet_ac2_{weights}"]["value"], abs=1e-11)
    assert found["fleiss_kappa"] == pytest.approx(expected[f"fleiss_{weights}"]["value"], abs=1e-11)
    assert found["krippendorff_alpha"] == pytest.approx(expected["alpha_ordinal"]["value"], abs=1e-11)
    assert found["percent_agreement"] == pytest.approx(expected["po"]["value"], abs=1e-11)
    assert "gwet_ac1" not in found


def test_two_readers_get_cohens_kappa(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = next(one for one in examples("cohen_kappa") if one["weights"] == "linear")
    rows = [[i, j] for i, row in enumerate(example["table"]) for j, n in enumerate(row) for _ in range(n)]
    found = ask(tmp_path, capsys, as_csv(rows), "--level", "ordinal", "--weights", "linear")
    assert found["cohen_kappa"] == pytest.approx(example["expected"]["kappa"]["value"], abs=1e-11)
    se = found["details"]["cohen_kappa"]["se"]
    assert se == pytest.approx(example["expected"]["se_large_sample"]["value"], abs=1e-11)


def test_the_order_of_rows_and_columns_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [[1, 1], [2, 1], [1, 2], [2, 2], [3, 2], [None, 1], [3, 3], [1, 3]]
    turned = [row[::-1] for row in rows[3:] + rows[:3]]
    a, b = (ask(tmp_path, capsys, as_csv(one), "--level", "ordinal") for one in (rows, turned))
    names = [name for name in a if name.endswith("_ci95") or f"{name}_ci95" in a]
    assert len(names) == 10
    for name in names:
        assert a[name] == pytest.approx(b[name], abs=1e-12)


def test_names_cases_and_patients_are_not_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = "case,patient,ann,ben\n"
    rows = [[f"c{n}", f"p{n // 2}", "yes", "yes" if n % 3 else "no"] for n in range(12)]
    found = ask(tmp_path, capsys, as_csv(rows, names), "--level", "nominal")
    assert (found["n_units"], found["n_readers"], found["readers"]) == (12, 2, ["ann", "ben"])
    assert "over patients" in found["details"]["percent_agreement"]["interval"]["method"]
    assert found["prevalence"] == [{"value": "no", "share": 4 / 24}, {"value": "yes", "share": 20 / 24}]


def test_an_undefined_coefficient_is_null_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = ask(tmp_path, capsys, "no,no\nno,no\n", "--level", "nominal", "--header", "no")
    for name in ("krippendorff_alpha", "fleiss_kappa", "gwet_ac1", "cohen_kappa"):
        assert found[name] is None
        assert found[f"{name}_ci95"] is None
        assert found["details"][name]["reason"]
    assert found["percent_agreement"] == 1
    assert found["percent_agreement_ci95"][0] < 0.2


def test_a_scale_in_words_is_given_in_its_order(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = "low,low\nmid,high\nhigh,high\nlow,mid\n"
    words = ask(
        tmp_path, capsys, text, "--level", "ordinal", "--categories", "low,mid,high", "--header", "no"
    )
    digits = text.replace("low", "1").replace("mid", "2").replace("high", "3")
    assert (
        words["krippendorff_alpha"]
        == ask(tmp_path, capsys, digits, "--level", "ordinal")["krippendorff_alpha"]
    )


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("1,2\n1,1\n", False),
        ("r1,r2\n1,1\n2,1\n", True),
        ("ann,ben\nyes,no\nyes,yes\n", True),
        ("yes,no\nyes,yes\n", False),
        (",ann,ben\n0,yes,no\n1,yes,yes\n", True),
    ],
)
def test_a_first_row_of_names_is_told_from_reads(text: str, header: bool) -> None:
    found = read_csv(text, numbers=False)
    assert found.header is header
    assert len(found.readers) == 2


def test_one_and_one_point_nought_are_the_same_read_and_semicolons_part_cells_too() -> None:
    found = read_csv("1;1.0\n2;1\n\n;2\n", numbers=False)
    assert found.rows == ((1.0, 1.0), (2.0, 1.0), (None, 2.0))


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("", ["--level", "nominal"]),
        ("\n\n", ["--level", "nominal"]),
        (",\n,\n", ["--level", "nominal"]),
        ("r1,r2\n", ["--level", "ordinal"]),
        ("1\n2\n", ["--level", "nominal"]),
        ("patient,r1,r2\n,2,2\np,1,2\n", ["--level", "ordinal"]),
        ("Case ID,r1\n1,2\n", ["--level", "nominal"]),
        ("1,2\n1\n", ["--level", "nominal"]),
        ("1,2\n1,high\n", ["--level", "ordinal"]),
        ("1,2\n1,nan\n", ["--level", "interval"]),
        ("1,-2\n1,2\n", ["--level", "ratio"]),
        ("a,b\nb,b\n", ["--level", "nominal", "--weights", "linear"]),
        ("1,2\n1,1\n", ["--level", "cardinal"]),
        ("1,2\n1,1\n", []),
        ("1,2\n1,1\n", ["--level", "nominal", "--weights", "cubic"]),
        ("1,2\n1,1\n", ["--level", "nominal", "--categories", "1,3"]),
        ("1,2\n1,1\n", ["--level", "nominal", "--draws", "0"]),
        ('"1,2\n1,1\n', ["--level", "nominal"]),
        ("\0\0,\0\n", ["--level", "nominal"]),
    ],
)
def test_bad_input_gets_one_sentence_and_exit_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, options: list[str]
) -> None:
    path = tmp_path / "table.csv"
    path.write_text(text)
    assert exit_code([str(path), *options]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert told.err.endswith(".\n")


def test_a_file_that_is_missing_or_no_text_gets_a_sentence_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"\x89PNG\xff\xfe")
    for path in (tmp_path / "none.csv", picture, tmp_path):
        assert exit_code([str(path), "--level", "nominal"]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def exit_code(arguments: list[str]) -> int:
    try:
        return main(arguments)
    except SystemExit as end:
        return int(end.code or 0)
