"""What the machine does for exports: record them, wait for the seal, pack them."""

from uuid import UUID

from audit.background import job

from .models import Export
from .packing import pack_into_folder
from .recording import is_covered, record

UNFINISHED = (Export.State.REQUESTED, Export.State.RECORDED, Export.State.PACKING)


@job
def build(export_id: str) -> bool:
    """Do what can be done for an export now; whether its bundle is packed."""
    export = Export.objects.get(pk=UUID(export_id))
    if export.state not in UNFINISHED or not record(export.pk):
        return False
    export = Export.objects.get(pk=export.pk)
    return is_covered(export) and pack_into_folder(export.pk)


@job
def sweep_exports() -> int:
    """Send every unfinished export on its way, whether or not its job was ever sent or was killed; how many."""
    ours = Export.objects.filter(state__in=UNFINISHED, requested_by__isnull=False)
    waiting = list(ours.order_by("requested_at").values_list("pk", flat=True))
    for export_id in waiting:
        build_soon(export_id)
    return len(waiting)


def build_soon(export_id: UUID) -> None:
    """Have an export built after this transaction commits."""
    build.soon(str(export_id))
