"""What the machine does for exports: record them, wait for the seal, pack them."""

from uuid import UUID

from audit.background import job

from .failing import DATABASE_AWAY, fail, is_due, put_off
from .keeping import UNFINISHED, clear_away, expire
from .models import Export
from .packing import pack_into_folder
from .recording import is_covered, is_left_behind, record

EPOCH_ENDED = "The log went on in another epoch before a signed head covered this export; ask for it again."


@job
def build(export_id: str) -> bool:
    """Do what can be done for an export now; whether its bundle is packed."""
    export = Export.objects.get(pk=UUID(export_id))
    if export.state not in UNFINISHED or not is_due(export):
        return False
    try:
        return _go_on(export.pk)
    except DATABASE_AWAY:
        raise
    except Exception as error:
        put_off(export.pk, error)
        raise


def _go_on(export_id: UUID) -> bool:
    if not record(export_id):
        return False
    export = Export.objects.select_related("project").get(pk=export_id)
    if is_left_behind(export):
        fail(export_id, "EPOCH_ENDED", EPOCH_ENDED)
        return False
    return is_covered(export) and pack_into_folder(export_id)


@job
def sweep_exports() -> int:
    """Send every unfinished export on its way, whether or not its job was ever sent or was killed; how many."""
    ours = Export.objects.filter(state__in=UNFINISHED, requested_by__isnull=False)
    waiting = [export.pk for export in ours.order_by("requested_at") if is_due(export)]
    for export_id in waiting:
        build_soon(export_id)
    return len(waiting)


@job
def expire_exports() -> int:
    """Delete the files of exports whose time is over, and those that nothing needs; how many."""
    return expire() + clear_away()


def build_soon(export_id: UUID) -> None:
    """Have an export built after this transaction commits."""
    build.soon(str(export_id))
