"""Bundles of a project whose log has three epochs, with a key for the first and another for the others."""

import base64
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit import verify
from audit.keys import FileSigner, make_key
from audit.models import Log, Standing
from audit.sealing import Sealer
from provenance.exporting import request_export
from provenance.packing import pack_to
from provenance.recording import record
from tests.databases import TestDatabases
from tests.people import Study, study
from tests.provenance.forging import Forge
from tests.roles import acting_as_role
from workflow.acting import machine
from workflow.epochs import freeze, open_log
from workflow.models import Membership, Project


@dataclass
class EpochBundles:
    """The files by profile, and the logs' public and private keys by epoch."""

    files: dict[str, Path]
    vkeys: dict[int, str]
    private: dict[int, Ed25519PrivateKey]

    def key(self, epoch: int) -> verify.Key:
        """The public key of an epoch, as an auditor has it."""
        return verify.parse_vkey(self.vkeys[epoch])

    def forge(self, profile: str = "full") -> Forge:
        """A bundle in the hands of somebody who stole every key."""
        forge = Forge(self.files[profile], self.private[3])
        forge.old_keys = {1: self.private[1], 2: self.private[2]}
        return forge


def anew(of: Study) -> Study:
    """The study as the next request loads it."""
    members = Membership.objects.select_related("project__log", "user").filter(project=of.project)
    return Study(
        Project.objects.select_related("log").get(pk=of.project.pk), {m.user.username: m for m in members}
    )


def seal_present(sealer: Sealer, databases: TestDatabases) -> None:
    """Seal and sign the newest log as the sealer's own role."""
    with acting_as_role(databases, "sealer"):
        log = Log.objects.latest("epoch")
        while sealer.seal(log):
            pass
        sealer.publish(log)


def next_epoch(chest: Study, sealer: Sealer, databases: TestDatabases) -> Study:
    """Open the next epoch, once everything is sealed; the study as the next request loads it."""
    seal_present(sealer, databases)
    freeze(acting=machine(), project=chest.project)
    open_log(acting=machine(), project=chest.project, reason="The key was stolen.")
    return anew(chest)


def exported_in(
    chest: Study, out: Path, sealer: Sealer, databases: TestDatabases, profile: str, **more: object
) -> Path:
    """A bundle from the present epoch."""
    asked = {"acting": chest.acting("aud"), "project": chest.project, "profile": profile, **more}
    export = request_export(**asked)  # type: ignore[arg-type]
    seal_present(sealer, databases)
    assert record(export.pk)
    seal_present(sealer, databases)
    assert pack_to(export.pk, out)
    export.refresh_from_db()
    assert export.state == "written", export.fault
    return out


def make_epoch_bundles(folder: Path, databases: TestDatabases) -> EpochBundles:
    """One case ends in the first epoch, one goes through all three, one begins in the last."""
    for name in ("first", "second"):
        make_key(folder / f"{name}.key")
    signers = [FileSigner(folder / f"{name}.key") for name in ("first", "second")]
    first, second = (Sealer(signer, folder / "records") for signer in signers)
    chest = study("case-1")
    chest.agree_at_two()
    seal_present(first, databases)
    chest.register("case-2")
    chest.read("anna")
    chest = next_epoch(chest, first, databases)
    chest.read("bob")
    chest = next_epoch(chest, second, databases)
    chest.review("jin")
    chest.register("case-3")
    seal_present(second, databases)
    both = [chest.case("case-1").pk, chest.case("case-2").pk]
    files = {
        profile: exported_in(chest, folder / f"{profile}.zip", second, databases, profile, cases=cases)
        for profile, cases in (("full", None), ("pseudonymous", None), ("subset", both))
    }
    vkeys = dict(Standing.objects.values_list("log__epoch", "vkey"))
    raw = {name: base64.b64decode((folder / f"{name}.key").read_text()) for name in ("first", "second")}
    private = {name: Ed25519PrivateKey.from_private_bytes(data) for name, data in raw.items()}
    return EpochBundles(files, vkeys, {1: private["first"], 2: private["second"], 3: private["second"]})
