"""A few cases left open at every tier, so that each person who signs in finds work."""

from tasks.leases import claim
from tasks.models import Task
from workflow.models import Case

from .lidc import DemoCase, spare_cases
from .scans import register_with_phantoms
from .study import Progress, Study, finish, register_all

# Of twelve spare cases three stay unread, three are read once, three wait for a second verdict, three go on.
STEPS = (
    ("annotator_1", "annotate", 9),
    ("annotator_2", "annotate", 6),
    ("junior_reviewer", "review", 9),
    ("junior_reviewer_2", "review", 3),
)


def leave_some_open(study: Study, progress: Progress, *, images: bool = False) -> None:
    """Register the spare cases, with phantoms if there shall be images, and work on them only so far."""
    spares = spare_cases()
    if Case.objects.filter(project=study.project, external_ref=spares[0].external_ref).exists():
        return
    study.cases |= {case.external_ref: case for case in spares}
    register = register_with_phantoms if images else register_all
    register(study, _disputed_first(spares), progress)
    for key, kind, count in STEPS:
        for _ in range(count):
            task = claim(acting=study.acting(key), kinds=[kind])
            if isinstance(task, Task):
                finish(study, key, task)


def _disputed_first(cases: list[DemoCase]) -> list[DemoCase]:
    """Those whose first two readers lie on both sides of the cut-off come first: they reach the arbiter."""
    return sorted(cases, key=lambda case: not _crosses(case))


def _crosses(case: DemoCase) -> bool:
    grades: list[int] = [case.read(slot)["fields"].get("malignancy", 0) for slot in (1, 2)]
    return min(grades) < 4 <= max(grades)
