"""STAPLE: the probable truth behind three or more masks, with each reader's sensitivity and specificity.

Warfield, Zou & Wells 2004 (IEEE TMI 23:903), binary, without spatial coupling. Nothing is drawn at random:
every reader starts at 0.99999, the prior is the mean share of marked voxels, and the iteration ends when no
performance moves by more than 1e-10, after 500 rounds at most.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

START = 0.99999
ENOUGH = 1e-10
MOST_ROUNDS = 500
MARGIN = (1, 5, 5)  # slices, rows and columns of background around all masks: the result depends on it
UNDECIDED = 1e-6
MOST_CODED = 16  # up to so many reads, a voxel's votes are the bits of one small number


@dataclass(frozen=True, slots=True)
class Staple:
    """The probability of each voxel, and per reader the sensitivity and specificity, all in 0..1."""

    probability: NDArray[np.float64]
    sensitivity: NDArray[np.float64]
    specificity: NDArray[np.float64]
    prior: float
    rounds: int

    @property
    def held(self) -> NDArray[np.bool_] | None:
        """The voxels that are more probable than not; None when one of them is exactly undecided."""
        undecided = np.abs(self.probability - 0.5) < UNDECIDED
        return None if bool(undecided.any()) else self.probability > 0.5


def staple(stack: NDArray[np.bool_]) -> Staple:
    """STAPLE of masks (reads first, any shape behind); ValueError for fewer than three or for empty ones.

    Sums run over the patterns of votes, of which there are few, so reads in any order give the same.
    """
    if len(stack) < 3 or not stack.any():
        raise ValueError("STAPLE needs three masks or more, and something marked.")
    order = sorted(range(len(stack)), key=lambda read: stack[read].tobytes())
    patterns, where, counts = _patterns(stack.reshape(len(stack), -1)[order])
    found, sensitivity, specificity, prior, rounds = _converged(patterns, counts)
    back = np.argsort(order)
    probability = found[where].reshape(stack.shape[1:])
    return Staple(probability, sensitivity[back], specificity[back], prior, rounds)


def _patterns(votes: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.int64]]:
    """The patterns of votes that occur, (reads, patterns), which one each voxel has, and how many have it."""
    if len(votes) > MOST_CODED:
        found, where, counts = np.unique(votes, axis=1, return_inverse=True, return_counts=True)
        return found, where.reshape(-1), counts
    codes = np.zeros(votes.shape[1], np.min_scalar_type(2 ** len(votes) - 1))
    for read in votes:
        codes <<= 1
        codes |= read
    counts = np.bincount(codes, minlength=2 ** len(votes))
    occur = np.flatnonzero(counts)
    bits = (occur >> np.arange(len(votes))[::-1, None]) & 1
    place = np.zeros(len(counts), np.int64)
    place[occur] = np.arange(len(occur))
    # Laid out as np.unique does it: sums run in the order of memory, to the last bit.
    return np.asfortranarray(bits, dtype=bool), place[codes], counts[occur]


def _converged(
    patterns: NDArray[np.bool_], counts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], float, int]:
    prior = float((patterns * counts).sum() / (len(patterns) * counts.sum()))
    p = q = np.full(len(patterns), START)
    rounds, moved = 0, 1.0
    while moved >= ENOUGH and rounds < MOST_ROUNDS:
        truth = _expected(patterns, p, q, prior)
        new_p = _share(patterns, truth * counts)
        new_q = _share(~patterns, (1 - truth) * counts)
        moved = float(max(np.abs(new_p - p).max(), np.abs(new_q - q).max()))
        p, q, rounds = new_p, new_q, rounds + 1
    return _expected(patterns, p, q, prior), p, q, prior, rounds


def _share(agreeing: NDArray[np.bool_], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    share: NDArray[np.float64] = (agreeing * weight).sum(axis=1) / weight.sum()
    return share


def _expected(
    patterns: NDArray[np.bool_], p: NDArray[np.float64], q: NDArray[np.float64], prior: float
) -> NDArray[np.float64]:
    yes = prior * np.where(patterns, p[:, None], 1 - p[:, None]).prod(axis=0)
    no = (1 - prior) * np.where(patterns, 1 - q[:, None], q[:, None]).prod(axis=0)
    truth: NDArray[np.float64] = yes / (yes + no)
    return truth
