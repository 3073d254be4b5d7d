"""What finished tasks call for, as a chain of averages: a read makes a review, a review now and then another read."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

# Finished kind → kind that follows → how many on average.
Chain = Mapping[str, Mapping[str, float]]


def kinds_of(chain: Chain) -> set[str]:
    """Every kind that a chain names."""
    return set(chain) | {kind for to in chain.values() for kind in to}


def follow_ups(chain: Chain, kinds: Sequence[str]) -> NDArray[np.float64] | None:
    """How many tasks of each kind (row) one of each kind (column) makes in the end, itself included; K × K.

    None if the chain feeds itself without end.
    """
    follow = np.array([[chain.get(a, {}).get(b, 0.0) for b in kinds] for a in kinds], dtype=float)
    follow = follow.reshape(len(kinds), len(kinds))
    if len(kinds) and max(abs(np.linalg.eigvals(follow))) >= 1 - 1e-9:
        return None
    return np.asarray(np.linalg.inv(np.eye(len(kinds)) - follow.T))
