"""The tamper matrix: what a forger does, and the codes that it must be found by."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.provenance import tampering as try_to
from tests.provenance import tampering_access as of_sights
from tests.provenance import tampering_datasets as of_datasets
from tests.provenance import tampering_work as in_work
from tests.provenance.forging import Forge


@dataclass(frozen=True)
class Tamper:
    """A change, and the codes that it must be found by; no others, if one check alone finds it."""

    name: str
    change: Callable[[Forge], object]
    codes: str
    check: str = ""  # the one check that finds it: without it, the bundle passes
    witness: bool = False  # the auditor demands a witness

    def __str__(self) -> str:
        return self.name


MATRIX = (
    Tamper("a rotation of the key that names none", try_to.bad_rotation, "KEY_CHAIN", "V19"),
    Tamper("1 an event edited", try_to.edit, "FILE_CHANGED ROOT_MISMATCH STREAM_CHAIN HISTORY_FORK"),
    Tamper("2 and the manifests repaired", try_to.edit_repaired, "ROOT_MISMATCH STREAM_CHAIN HISTORY_FORK"),
    Tamper("3 and the chain relinked", try_to.relinked, "ROOT_MISMATCH HISTORY_FORK HEADS_MISMATCH"),
    Tamper("4 and signed with the stolen key", try_to.relinked_and_signed, "HISTORY_FORK HEADS_MISMATCH"),
    Tamper("4d and old checkpoints removed", try_to.without_earlier_checkpoints, "HEADS_MISMATCH"),
    Tamper("4 with heads made to fit", try_to.rewritten_but_for_old_checkpoints, "HISTORY_FORK", "V6"),
    Tamper("4e and a witness demanded", try_to.rewritten, "WITNESS_MISSING", "V3", witness=True),
    Tamper(
        "5 an event deleted", try_to.delete, "FILE_CHANGED TREE_SIZE ROOT_MISMATCH STREAM_GAP STREAM_CHAIN"
    ),
    Tamper("5b and relinked with the stolen key", try_to.delete_and_relink, "WORKFLOW_VIOLATION"),
    Tamper("6 two events swapped", try_to.swap, "FILE_CHANGED ROOT_MISMATCH STREAM_GAP TIME_BACKWARDS"),
    Tamper("7 the tail dropped", try_to.drop_tail, "FILE_CHANGED TREE_SIZE ROOT_MISMATCH"),
    Tamper("8 an event replayed", try_to.replay, "EVENT_REPLAYED STREAM_GAP STREAM_CHAIN"),
    Tamper("8 an event id used twice", try_to.same_id, "EVENT_REPLAYED", "V8"),
    Tamper("9 an event backdated with the stolen key", try_to.backdate, "TIME_BACKWARDS", "V10"),
    Tamper("10a the guideline changed in place", try_to.guideline_in_place, "BLOB_CHANGED"),
    Tamper("10b the guideline under its own digest", try_to.guideline_under_its_own_digest, "BLOB_MISSING"),
    Tamper(
        "10c the guideline's digest swapped in an event", try_to.guideline_swapped, "GUIDELINE_SWAPPED", "V13"
    ),
    Tamper("10c a version that was never published", try_to.guideline_unpublished, "GUIDELINE_UNPUBLISHED"),
    Tamper("11 rewritten under another key", try_to.another_key, "CHECKPOINT_UNSIGNED"),
    Tamper("11 the same head signed by another key", try_to.signed_by_another, "CHECKPOINT_UNSIGNED", "V2"),
    Tamper("12 a signed checkpoint of another history", try_to.fork, "HISTORY_FORK"),
    Tamper("12 a head left out that a sign of life names", try_to.without_the_named_head, "HISTORY_FORK"),
    Tamper("13 a name changed in the openings", try_to.renamed, "OPENING_BAD"),
    Tamper("13 a reason changed in the openings", try_to.reworded, "OPENING_BAD", "V12"),
    Tamper("13 a name changed in the register", try_to.renamed_in_the_register, "OPENING_BAD"),
    Tamper("14 openings erased", try_to.erased, ""),
    Tamper("15 a content removed", try_to.remove_blob, "BLOB_MISSING"),
    Tamper("15 and from the list", try_to.skip_blob, "BLOB_MISSING", "V11"),
    Tamper("15 and listed under another type", try_to.another_type, "BLOB_CHANGED"),
    Tamper("15 and called erased", try_to.call_erased, "BLOB_MISSING"),
    Tamper("16 a case left out", try_to.without_a_case, "HEADS_MISMATCH"),
    Tamper("17 a key twice", try_to.duplicate_key, "EVENT_PARSE"),
    Tamper("18 another spelling", try_to.other_spelling, "EVENT_NOT_CANONICAL"),
    Tamper("18 an unknown member", try_to.unknown_member, "EVENT_SCHEMA", "V7"),
    Tamper("18 an exclusion without a reason", try_to.without_reason, "EVENT_SCHEMA"),
    Tamper("19 the size in the checkpoint edited", try_to.size_in_the_checkpoint, "SIG_BAD TREE_SIZE"),
    Tamper("a late event edited without the key", try_to.edit_late, "ROOT_MISMATCH", "V5"),
    Tamper("a file too many", try_to.extra_file, "FILE_EXTRA FILE_CHANGED", "V1"),
    Tamper("a program listed in the manifest", try_to.program, "FILE_EXTRA"),
    Tamper("a chain broken with the stolen key", try_to.broken_chain, "STREAM_CHAIN", "V9"),
    Tamper("a revision of another read", in_work.other_before, "REVISION_BROKEN", "V14"),
    Tamper("a stream left out of the heads", try_to.head_left_out, "HEADS_MISMATCH", "V18"),
    Tamper("a graph that allows more", try_to.graph_with_a_shortcut, "HEADS_MISMATCH"),
    Tamper("another state in the manifest", in_work.other_state, "TRUTH_MISMATCH", "V20"),
    Tamper("another label in the table", in_work.other_label_in_the_table, "TRUTH_MISMATCH"),
    Tamper("a label that was not decided", in_work.other_label, "TRUTH_MISMATCH"),
    Tamper("a review skipped", in_work.skipped_review, "WORKFLOW_VIOLATION"),
    Tamper("a reader who reviews", in_work.one_person_twice, "WORKFLOW_VIOLATION"),
    Tamper("a peer's labels shown", in_work.peer_shown, "BLINDING_BREACH", "V21"),
    Tamper("a reader who is told that nothing was hidden", in_work.unblinded, "BLINDING_BREACH"),
    Tamper("a display of somebody else's task", in_work.display_swapped, "BLINDING_BREACH"),
    Tamper("an arbiter's outcome changed", in_work.other_outcome, "WORKFLOW_VIOLATION"),
    Tamper("an arbiter who saw no reads", in_work.decided_on_nothing, "WORKFLOW_VIOLATION"),
    Tamper("a draw that its seed does not give", in_work.other_draw, "WORKFLOW_VIOLATION"),
    Tamper("an act under another's name", in_work.other_person, "REPORT_MISMATCH"),
    Tamper("a log opened twice", try_to.opened_twice, "HISTORY_FORK"),
    Tamper("another role in the register", in_work.other_role, "REPORT_MISMATCH", "V22"),
    Tamper("an event of another log", try_to.other_log, "EVENT_WRONG_LOG"),
    Tamper("called pseudonymous", try_to.other_profile, "HEADS_MISMATCH"),
    Tamper("nothing", try_to.nothing, ""),
    Tamper("a sight left out of its batch", of_sights.row_left_out, "ACCESS_BATCH", "V23"),
    Tamper("and the batch's count changed", of_sights.row_left_out_and_told, "ACCESS_BATCH", "V23"),
    Tamper("sights in another order", of_sights.rows_swapped, "ACCESS_BATCH", "V23"),
    Tamper("a sight told twice", of_sights.row_twice, "ACCESS_BATCH", "V23"),
    Tamper("a sight of another log", of_sights.row_of_another_log, "ACCESS_BATCH", "V23"),
    Tamper("a sight by a name", of_sights.row_with_a_name, "ACCESS_BATCH", "V23"),
    Tamper("a sight that isn't canonical", of_sights.row_spelled_otherwise, "ACCESS_BATCH", "V23"),
    Tamper("a sight after its batch", of_sights.row_later_than_its_batch, "ACCESS_BATCH", "V23"),
    Tamper("a batch that says it began earlier", of_sights.batch_said_to_be_earlier, "ACCESS_BATCH", "V23"),
    Tamper("a batch's file left out", of_sights.batch_left_out, "BLOB_MISSING ACCESS_BATCH"),
    Tamper("and listed as withheld", of_sights.withheld_shown, "BLOB_CHANGED BLOB_MISSING ACCESS_BATCH"),
    Tamper("images of another case served", of_sights.images_of_another_case, "DISPLAY_MISMATCH", "V21"),
    Tamper("frames served that no file has", of_sights.frames_beyond_the_file, "DISPLAY_MISMATCH", "V21"),
    Tamper("frames told twice", of_sights.frames_in_pieces, "DISPLAY_MISMATCH", "V21"),
    Tamper("images out of order", of_sights.images_out_of_order, "DISPLAY_MISMATCH", "V21"),
    Tamper("images that no manifest has", of_sights.images_without_their_manifest, "DISPLAY_MISMATCH", "V21"),
    Tamper("images in the first form", of_sights.images_under_the_old_schema, "BLINDING_BREACH", "V21"),
    Tamper("no images in the second", of_sights.no_images_under_the_new_schema, "BLINDING_BREACH", "V21"),
    Tamper("another answer in a dataset", of_datasets.another_answer, "DATASET_MISMATCH", "V24"),
    Tamper("another case in a dataset", of_datasets.another_case, "DATASET_MISMATCH", "V24"),
    Tamper("a label that no event released", of_datasets.an_event_that_is_none, "DATASET_MISMATCH", "V24"),
    Tamper("a case twice in a dataset", of_datasets.a_case_twice, "DATASET_MISMATCH", "V24"),
    Tamper("a line of a dataset that is none", of_datasets.a_line_that_is_none, "DATASET_MISMATCH", "V24"),
    Tamper("more cases than are listed", of_datasets.more_than_is_listed, "DATASET_MISMATCH", "V24"),
    Tamper("lists that are not cited", of_datasets.lists_that_are_not_cited, "DATASET_MISMATCH", "V24"),
    Tamper("a dataset without a manifest", of_datasets.no_manifest, "DATASET_MISMATCH", "V24"),
)
