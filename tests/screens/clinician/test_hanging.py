"""How images hang: by modality alone, or as somebody asks."""

from dataclasses import replace

import pytest

from screens.clinician.hanging import Picture, hanging

CT = Picture("ct", modality="CT")


def shown(pictures: list[Picture], asked: tuple[int, int] | None = None) -> tuple[int, int, list[str]]:
    """Rows, columns, and each cell in a word: its series, `~` where it is turned over, `-` where nothing hangs."""
    told = hanging(pictures, asked)
    words = [(cell["series"] or "-") + ("~" if cell.get("mirrored") else "") for cell in told["cells"]]
    return told["rows"], told["columns"], words


def breast(name: str, **more: str) -> Picture:
    """`lcc` is the left breast, CC."""
    return Picture(name, modality="MG", laterality=name[0].upper(), view=name[1:].upper(), **more)


@pytest.mark.parametrize("modality", ["CT", "MR", "PT", "US", "OP", "XA", ""])
def test_one_stack_or_film_at_a_time(modality: str) -> None:
    first, second = Picture("a", modality=modality), Picture("b", modality=modality)
    prior = replace(CT, series="p", role="prior")
    assert shown([first, second, prior]) == (1, 1, ["a"])


def test_two_views_of_a_radiograph_stand_side_by_side_and_one_view_beside_its_prior() -> None:
    pa, lateral = Picture("pa", modality="DX", view="PA"), Picture("ll", modality="DX", view="LL")
    old = [replace(one, series=f"old-{one.series}", role="prior") for one in (lateral, pa)]
    assert shown([pa, lateral, *old]) == (1, 2, ["pa", "ll"])
    assert shown([pa, *old]) == (1, 2, ["pa", "old-pa"])
    assert shown([pa]) == (1, 1, ["pa"])


def test_mammograms_hang_cc_above_mlo_the_right_breast_on_the_left() -> None:
    four = [breast(name) for name in ("lmlo", "lcc", "rmlo", "rcc")]
    assert shown(four) == (2, 2, ["rcc", "lcc", "rmlo", "lmlo"])


def test_mammograms_hang_beside_their_priors() -> None:
    four = [breast(name) for name in ("rcc", "lcc", "rmlo", "lmlo")]
    old = [replace(breast("rcc"), series="old", role="prior")]
    assert shown([*four, *old]) == (2, 3, ["rcc", "lcc", "old", "rmlo", "lmlo", "-"])


def test_a_breast_is_turned_over_only_where_its_header_says_that_its_back_is_not_to_the_middle() -> None:
    both = [breast("rcc", faces="R"), breast("lcc", faces="R")]
    assert shown(both) == (1, 2, ["rcc~", "lcc"])
    assert shown([replace(one, faces="") for one in both]) == (1, 2, ["rcc", "lcc"])


def test_mammograms_of_which_nothing_is_told_hang_one_by_one() -> None:
    assert shown([Picture("a", modality="MG"), Picture("b", modality="MG")]) == (1, 1, ["a"])


def test_who_asks_for_a_layout_gets_it_and_stacks_scroll_together() -> None:
    pictures = [CT, replace(CT, series="venous"), Picture("us", modality="US")]
    told = hanging(pictures, (2, 2))
    assert [cell.get("link", "") for cell in told["cells"]] == ["CT", "CT", "", ""]
    assert shown(pictures, (2, 2)) == (2, 2, ["ct", "venous", "us", "-"])


def test_who_asks_for_as_many_cells_as_there_would_be_gets_the_usual_order() -> None:
    four = [breast(name) for name in ("lmlo", "lcc", "rmlo", "rcc")]
    assert shown(four, (2, 2)) == shown(four)
    assert shown(four, (1, 2)) == (1, 2, ["lmlo", "lcc"])


def test_a_case_without_images_has_one_empty_cell() -> None:
    assert shown([]) == (1, 1, ["-"])


def test_an_image_of_several_in_a_series_hangs_by_its_own_name() -> None:
    assert hanging([replace(CT, sop="1.2")])["cells"] == [{"series": "ct", "sop": "1.2"}]
