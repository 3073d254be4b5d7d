"""One order for the cases of a table, whatever order they came in, so that a seed gives the same interval."""

from collections.abc import Hashable

import numpy as np

from workflow.agreement.tables import Table


def ordered(
    table: Table, patients: tuple[Hashable, ...] | None = None
) -> tuple[Table, tuple[Hashable, ...] | None]:
    """The table and the patients of its cases, sorted by patient and reads; two readers in a fixed order.

    Every value is the same for any order; a bootstrap's draws are not. Readers beyond two need no order:
    only Cohen's kappa tells them apart.
    """
    keys = list(map(str, patients)) if patients is not None else [""] * table.n_cases
    sides = [table.codes, table.codes[:, ::-1]] if table.n_readers == 2 else [table.codes]
    made = []
    for codes in sides:
        rows = list(zip(keys, map(sorted, codes.tolist()), codes.tolist(), range(len(keys)), strict=True))
        rows.sort(key=lambda row: row[:3])
        made.append(([row[:3] for row in rows], codes, [row[3] for row in rows]))
    _, codes, order = min(made, key=lambda one: one[0])
    sorted_codes = np.ascontiguousarray(codes[order])
    sorted_codes.setflags(write=False)
    who = None if patients is None else tuple(patients[place] for place in order)
    return Table(sorted_codes, table.categories), who
