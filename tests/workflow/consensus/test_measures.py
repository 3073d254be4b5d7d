"""The measures of marks give the reference figures, and those of SimpleITK where it computes the same."""

import json
from decimal import Decimal
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import SimpleITK

from workflow.consensus.areas import dice, iou, masks_alike, span_iou
from workflow.consensus.boxes import Box, fused
from workflow.consensus.boxes import iou as box_iou
from workflow.consensus.comparators import jaccard
from workflow.consensus.drawn import drawn_from
from workflow.consensus.joining import best_pairs, joined_by
from workflow.consensus.likeness import Likeness
from workflow.consensus.spacing import Scale, scale_from
from workflow.consensus.staple import staple
from workflow.consensus.surfaces import surfaces
from workflow.protocol.drawn import Mask

VECTORS = Path(__file__).parents[2] / "vectors"
MASKS = json.loads((VECTORS / "masks.json").read_text())
SETS = json.loads((VECTORS / "sets_and_spans.json").read_text())
STAPLE = json.loads((VECTORS / "staple.json").read_text())
BOXES = json.loads((VECTORS / "boxes.json").read_text(), parse_float=Fraction)
PRINTED = 1e-12


def array(side):
    values = np.arange(len(side["runs"])) % 2
    return np.repeat(values, side["runs"]).reshape(side["shape"]).astype(bool)


def mask(held, scale=None):
    """A mask mark from an array of one or more slices."""
    slices = held if held.ndim == 3 else held[None]
    given = [{"slice": n, "runs": runs(one)} for n, one in enumerate(slices) if one.any()]
    rows, columns = slices.shape[1:]
    mark = {"kind": "mask", "on": {}, "rows": rows, "columns": columns, "slices": given}
    return drawn_from(mark, scale or Scale())


def runs(plane):
    edges = np.flatnonzero(np.diff(np.concatenate([[0], plane.reshape(-1).astype(int), [0]])))
    return [int(n) for start, end in edges.reshape(-1, 2) for n in (start, end - start)]


@pytest.mark.parametrize("vector", MASKS["vectors"], ids=lambda vector: vector["id"])
def test_masks_have_the_reference_overlaps_and_distances(vector):
    spacing = vector["spacing"]
    axes = dict(zip("zyx"[3 - len(spacing) :], map(str, spacing), strict=True))
    a, b = (mask(array(vector[side]), scale_from([axes])) for side in "ab")
    expected = {name: vector["expected"][name]["value"] for name in ("dice", "iou", "hd", "hd95", "nsd")}
    assert float(dice(a, b)) == pytest.approx(expected["dice"], abs=1e-9)
    assert float(iou(a, b)) == pytest.approx(expected["iou"], abs=1e-9)
    distances = surfaces(a.voxels, b.voxels, (1.0, *spacing)[-3:])
    assert distances.hausdorff == pytest.approx(expected["hd"], abs=PRINTED)
    assert distances.hd95 == pytest.approx(expected["hd95"], abs=PRINTED)
    near, of = distances.nsd(vector["tolerance_mm"])
    assert near / of == pytest.approx(expected["nsd"], abs=PRINTED)
    bounds = Mask(dice=Decimal("0.6"), unit="mm", hd95=Decimal(4), nsd=Decimal("0.5"), tolerance=Decimal(2))
    like = masks_alike(bounds, a, b)
    assert like.agree
    assert {name: float(number) for name, number in like.measures} == {
        "hd95": pytest.approx(expected["hd95"], abs=1e-9),
        "nsd": pytest.approx(expected["nsd"], abs=PRINTED),
    }


@pytest.mark.parametrize("vector", MASKS["vectors"], ids=lambda vector: vector["id"])
def test_masks_are_measured_as_simpleitk_does(vector):
    a, b = array(vector["a"]), array(vector["b"])
    images = [SimpleITK.GetImageFromArray(held.astype(np.uint8)) for held in (a, b)]
    for image in images:
        image.SetSpacing(vector["spacing"][::-1])
    overlap = SimpleITK.LabelOverlapMeasuresImageFilter()
    overlap.Execute(*images)
    assert float(dice(mask(a), mask(b))) == pytest.approx(overlap.GetDiceCoefficient(), abs=1e-9)
    farthest = SimpleITK.HausdorffDistanceImageFilter()
    farthest.Execute(*images)
    ours = surfaces(mask(a).voxels, mask(b).voxels, (1.0, *vector["spacing"])[-3:])
    assert ours.hausdorff == pytest.approx(farthest.GetHausdorffDistance(), abs=1e-5)


def test_empty_masks_follow_the_written_rule():
    empty, some = mask(np.zeros((4, 4), bool)), mask(np.eye(4, dtype=bool))
    rules = Mask(dice=Decimal("0.5"), unit="px", hd95=Decimal(1), nsd=Decimal("0.5"), tolerance=Decimal(1))
    both, one = (MASKS["empty_rules"][name] for name in ("both_empty", "one_empty"))
    assert masks_alike(rules, empty, empty) == Likeness(True, 1, (("hd95", both["hd"]), ("nsd", both["nsd"])))
    assert masks_alike(rules, empty, some) == Likeness(False, 0, (("hd95", one["hd"]), ("nsd", one["nsd"])))
    assert (iou(empty, empty), iou(some, empty)) == (both["iou"], one["iou"])


def test_disjoint_masks_have_their_distance_and_no_overlap():
    left, right = np.zeros((3, 9), bool), np.zeros((3, 9), bool)
    left[1, 1], right[1, 7] = True, True
    like = masks_alike(Mask(dice=Decimal("0.5"), unit="px", hd95=Decimal(9)), mask(left), mask(right))
    assert (like.agree, like.number, dict(like.measures)) == (False, 0, {"hd95": 6})


def test_staple_gives_the_reference_to_every_printed_decimal():
    [vector] = STAPLE["vectors"]
    found, expected = staple(np.array(vector["masks"], dtype=bool)), vector["expected"]
    for name in ("sensitivity", "specificity"):
        assert getattr(found, name).round(12).tolist() == expected[name]["refimpl"]
        assert getattr(found, name) == pytest.approx(expected[name]["SimpleITK 2.5.7"], abs=3e-8)
    assert (found.prior, found.rounds) == (expected["prior"], expected["iterations"]["refimpl"])
    assert found.held.astype(int).tolist() == expected["consensus_p>=0.5"]


def noisy_disks(seed):
    random = np.random.default_rng(seed)
    rows, columns = np.indices((40, 40))
    truth = (rows - 20) ** 2 + (columns - 18) ** 2 < 120
    return np.stack([truth ^ (random.random(truth.shape) < share) for share in (0.02, 0.05, 0.1, 0.2)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_staple_gives_the_probabilities_of_simpleitk(seed):
    stack = noisy_disks(seed)
    theirs = SimpleITK.STAPLEImageFilter()
    theirs.SetForegroundValue(1)
    images = [SimpleITK.GetImageFromArray(held.astype(np.uint16)) for held in stack]
    probability = SimpleITK.GetArrayFromImage(theirs.Execute(images))
    ours = staple(stack)
    assert np.abs(ours.probability - probability).max() < 1e-5
    assert ours.sensitivity == pytest.approx(theirs.GetSensitivity(), abs=1e-6)
    assert ours.specificity == pytest.approx(theirs.GetSpecificity(), abs=1e-6)


def test_staple_does_not_know_who_drew_which_mask():
    stack = noisy_disks(4)
    one, other = staple(stack), staple(stack[::-1])
    assert (one.probability == other.probability).all()
    assert (one.sensitivity == other.sensitivity[::-1]).all()


@pytest.mark.parametrize("stack", [np.ones((2, 3, 3), bool), np.zeros((3, 3, 3), bool)])
def test_staple_refuses_two_masks_and_empty_ones(stack):
    with pytest.raises(ValueError, match="three masks"):
        staple(stack)


def test_spans_and_sets_have_the_reference_overlaps():
    [example] = SETS["spans"]
    first, second = (reader["c"] for reader in example["raters"])
    found = [[float(span_iou(span(a), span(b))) for b in second] for a in first]
    for row, expected in zip(found, example["tIoU_c"], strict=True):
        assert row == pytest.approx(expected, abs=PRINTED)
    for pair in SETS["multilabel"]["masi_pairs"]:
        distance = 1 - jaccard(frozenset(pair["a"]), frozenset(pair["b"]))
        assert float(distance) == pytest.approx(pair["jaccard"], abs=PRINTED)


def span(start_and_length):
    start, length = start_and_length
    return drawn_from({"kind": "span", "on": {}, "frames": [start, start + length - 1]}, Scale())


def corners(box):
    return Box((), tuple(box[:2]), tuple(box[2:]))


def test_fused_boxes_are_the_reference_ones_with_k_of_n():
    example = BOXES["wbf"]
    reads = [[corners(box) for box in boxes] for boxes in example["boxes"]]
    groups = joined_by(
        reads, lambda a, b: shared if (shared := box_iou(a, b)) >= example["iou_thr"] else None
    )
    for group, (score, expected, count) in zip(groups, example["expected"], strict=True):
        scores = [example["scores"][read][mark] for read, mark in group]
        # A weighted mean is the mean of each box taken as often as its weight says.
        often = [
            reads[read][mark] for read, mark in group for _ in range(int(example["scores"][read][mark] * 20))
        ]
        box = fused(often, whole=False)
        assert [float(c) for c in (*box.low, *box.high)] == pytest.approx(
            list(map(float, expected)), abs=PRINTED
        )
        assert len(group) == count
        assert float(sum(scores) / len(scores) * count / 3) == pytest.approx(float(score), abs=PRINTED)


def test_matching_has_the_reference_likenesses_and_beats_greed():
    for name, threshold in (("matching", Fraction(1, 10)), ("greedy_loses_pair", Fraction(3, 10))):
        a, b = ([corners(box) for box in BOXES[name][side]] for side in "ab")
        found = {(i, j): box_iou(a[i], b[j]) for i, j in product(range(len(a)), range(len(b)))}
        for (i, j), number in found.items():
            assert abs(number - BOXES[name]["iou_matrix"][i][j]) < Fraction(1, 10**12)
        kept = best_pairs({pair: number for pair, number in found.items() if number >= threshold})
        pairs = BOXES[name].get("by_threshold", {}).get("0.1", {}).get("pairs") or BOXES[name]["hungarian"][0]
        assert sorted(kept) == [(int(i), int(j)) for i, j, _ in pairs]


def test_staple_counts_votes_as_codes_exactly_as_it_does_pattern_by_pattern(monkeypatch):
    stack = np.random.default_rng(4).random((5, 12, 12)) < np.array([0.5, 0.4, 0.6, 0.5, 0.3])[:, None, None]
    coded = staple(stack)
    monkeypatch.setattr("workflow.consensus.staple.MOST_CODED", 0)
    plain = staple(stack)
    assert coded.probability.tobytes() == plain.probability.tobytes()
    assert coded.sensitivity.tobytes() == plain.sensitivity.tobytes()
