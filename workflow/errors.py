"""What a person is told when something is refused. The docstring is the sentence; `code` is stable for programs."""

from typing import Any, ClassVar

from django.db import IntegrityError


class DomainError(Exception):
    """That isn't possible."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 409  # HTTP's word for it, so that API and screens need no table of their own

    def __init__(self, detail: str = "", **extra: Any) -> None:
        self.detail = detail or (type(self).__doc__ or "")
        self.extra = extra
        super().__init__(self.detail)


class NotAllowed(DomainError):
    """Your role in this project doesn't allow this. Ask its manager if you need it."""

    code, status = "not_allowed", 403


class TokenScope(DomainError):
    """This token may not do this. Use another, or make one that may more on your account page."""

    code, status = "token_scope", 403


class LinkOver(DomainError):
    """This link has ended: the case is no longer in your hands. Open it again from the task's page in Consilium."""

    code, status = "link_over", 401


class NotFound(DomainError):
    """There is no such thing here, or it isn't yours to see."""

    code, status = "not_found", 404


class InvalidInput(DomainError):
    """Some of what you sent isn't right; each fault is listed with its place."""

    code, status = "invalid", 422

    def __init__(self, faults: list[dict[str, str]], detail: str = "") -> None:
        super().__init__(detail, faults=faults)


class IllegalMove(DomainError):
    """The case can't make this move from where it stands. Reload it to see its present state."""

    code = "illegal_move"


class ProtocolUnfit(DomainError):
    """The published protocol doesn't fit the published guideline. Publish a protocol that does, then try again."""

    code = "protocol_unfit"


class CaseHeld(DomainError):
    """The case is on hold. Ask the project manager to resume it."""

    code = "case_held"


class AlreadyDone(DomainError):
    """This is done already; nothing was changed."""

    code = "already_done"


class Stale(DomainError):
    """Somebody changed this after you opened it. Reload and look again; nothing of yours was lost."""

    code = "stale"


class NeedsSecondPerson(DomainError):
    """This needs a second person who has not seen the case's reads."""

    code = "needs_second_person"


class NothingPublished(DomainError):
    """The project has no published guideline and protocol yet. Publish both, then try again."""

    code = "nothing_published"


class Unaudited(DomainError):
    """A change to a case needs its event in the same transaction, and an event its change. Nothing was changed."""

    code, status = "unaudited", 500


class PartTaken(DomainError):
    """Somebody took this part of the case a moment ago. Press Start next for another case."""

    code = "part_taken"


class SamePerson(DomainError):
    """You already play a part in this case, so you can't play another one in the same round."""

    code = "same_person"


class WrittenOnce(DomainError):
    """What was submitted or published is never changed. Submit a new version instead."""

    code = "written_once"


class WaitsAtGate(DomainError):
    """This case waits at the quality gate. Its manager accepts it with a reason, or excludes it."""

    code = "waits_at_gate"


class OtherSplit(DomainError):
    """This patient is in another split already; all of a patient's cases go to one split."""

    code = "patient_in_other_split"


class ImportStays(DomainError):
    """Somebody claimed a case of this import, so it stays. Exclude the cases that are not to be read."""

    code = "import_stays"


class WaveBegan(DomainError):
    """Cases of this wave have begun, so it can only be opened and closed. Make another wave for what is different."""

    code = "wave_began"


class ModelRegistered(DomainError):
    """A model of this name and version, or of this file, is registered already."""

    code = "model_registered"


class PredictionDiffers(DomainError):
    """Another answer of this model for this case is in force: the first. Register a new version of the model."""

    code = "prediction_differs"


class NoStartInTest(DomainError):
    """In the test split nobody starts from what a model says. Nothing was changed."""

    code = "no_start_in_test"


class NoModelInTest(DomainError):
    """In the test split nobody is shown what a model says. Nothing was changed."""

    code = "no_model_in_test"


class CommitFirst(DomainError):
    """Keep your own read first: then you see the model's marks, and submit."""

    code = "commitment_first"


class Committed(DomainError):
    """You kept your own read of this case already, with other answers. It stays; change what you submit instead."""

    code = "committed_already"


class NothingToCommit(DomainError):
    """No model's marks wait to be shown of this case, so there is nothing to keep before. Submit it."""

    code = "nothing_to_commit"


class Overloaded(DomainError):
    """The service is too busy just now: this took longer than the log allows. Nothing was changed; try again."""

    code, status = "overloaded", 503


class AccessNotRecorded(DomainError):
    """This can't be shown now, because that it was seen could not be recorded. Try again."""

    code, status = "access_not_recorded", 503


class LogFrozen(DomainError):
    """The project's log is being carried into a new epoch. Nothing was changed; try again in a minute."""

    code, status = "log_frozen", 503


class StillSealing(DomainError):
    """Events of the frozen log still wait for the sealer. Start it if it doesn't run, then repeat the command."""

    code = "still_sealing"


# The database's rules by constraint name, and what a person is told when one refuses.
BY_CONSTRAINT: dict[str, type[DomainError]] = {
    "case_change_has_its_event": Unaudited,
    "case_state_is_the_logged_one": Unaudited,
    "decision_has_its_event": Unaudited,
    "task_change_has_its_event": Unaudited,
    "case_move_is_legal": IllegalMove,
    "held_case_keeps_its_place": CaseHeld,
    "case_begins_in_intake": IllegalMove,
    "case_is_reinstated_to_where_it_was": IllegalMove,
    "rounds_follow_each_other": IllegalMove,
    "case_waits_at_the_gate": WaitsAtGate,
    "gate_findings_are_decided_once": WrittenOnce,
    "images_are_written_once": WrittenOnce,
    "imports_go_forward": AlreadyDone,
    "claimed_imports_stay": ImportStays,
    "patient_is_in_one_split": OtherSplit,
    "one_part_per_person_and_round": SamePerson,
    "one_person_per_part": PartTaken,
    "one_live_task_per_slot": Stale,
    "one_event_per_place_in_a_stream": Stale,
    "event_follows_its_stream": Stale,
    "decisions_are_written_once": WrittenOnce,
    "published_versions_never_change": WrittenOnce,
    "finished_tasks_never_change": WrittenOnce,
    "parts_are_kept": WrittenOnce,
    "case_identity_is_fixed": WrittenOnce,
    "case_needs_are_fixed": WrittenOnce,
    "exclusion_needs_a_second_person": NeedsSecondPerson,
    "exclusion_needs_two_people": NeedsSecondPerson,
    "one_open_exclusion_per_case": AlreadyDone,
    "sent_back_once_per_round": AlreadyDone,
    "acknowledged_once": AlreadyDone,
    "round_is_under_published_versions": NothingPublished,
    "member_change_has_its_event": Unaudited,
    "task_holder_is_active": Unaudited,
    "read_is_of_a_task": Unaudited,
    "leaf_is_of_its_event": Unaudited,
    "a_log_begins_empty": Unaudited,
    "a_log_only_grows": Unaudited,
    "log_is_frozen": LogFrozen,
    "epochs_follow_each_other": IllegalMove,
    "final_case_has_its_label": Unaudited,
    "event_time_is_the_databases": Overloaded,
    "event_time_goes_forward": Unaudited,
    "event_is_in_its_log": Unaudited,
    "audit_is_append_only": WrittenOnce,
    "access_is_append_only": WrittenOnce,
    "access_batch_has_its_event": Unaudited,
    "access_time_is_the_databases": AccessNotRecorded,
    "access_is_of_a_log": AccessNotRecorded,
    "access_month_is_near": IllegalMove,
    "exclusions_are_kept": WrittenOnce,
    "member_identity_is_fixed": WrittenOnce,
    "project_identity_is_fixed": WrittenOnce,
    "versions_begin_as_drafts": IllegalMove,
    "nobody_judges_what_they_read": SamePerson,
    "decisions_are_by_their_part": SamePerson,
    "parts_are_of_the_projects_members": NotAllowed,
    "waves_are_fixed_once_begun": WaveBegan,
    "wave_name_is_unique_in_project": AlreadyDone,
    "wave_change_has_its_event": Unaudited,
    "case_fits_its_wave": IllegalMove,
    "probe_fits_its_source": IllegalMove,
    "controls_and_probes_stay_apart": IllegalMove,
    "gold_is_only_retired": WrittenOnce,
    "gold_change_has_its_event": Unaudited,
    "a_case_is_gold_once": AlreadyDone,
    "probes_stay_apart": IllegalMove,
    "issues_are_written_once": WrittenOnce,
    "issue_has_its_event": Unaudited,
    "attestation_has_its_event": Unaudited,
    "one_attestation_a_day": AlreadyDone,
    "models_are_only_retired": WrittenOnce,
    "model_change_has_its_event": Unaudited,
    "model_version_is_registered_once": ModelRegistered,
    "model_file_is_registered_once": ModelRegistered,
    "one_prediction_per_model_and_case": PredictionDiffers,
    "prediction_fits_its_case": IllegalMove,
    "assistance_fits_its_read": IllegalMove,
    "assistance_has_its_event": Unaudited,
    "shown_marks_are_accounted_for": Unaudited,
    "no_start_from_a_model_in_the_test_split": NoStartInTest,
    "datasets_begin_composed": IllegalMove,
    "locked_datasets_never_change": WrittenOnce,
    "a_dataset_supersedes_a_locked_one": IllegalMove,
    "one_dataset_supersedes_another": AlreadyDone,
    "dataset_versions_are_numbered": AlreadyDone,
    "dataset_change_has_its_event": Unaudited,
    "a_dataset_holds_what_its_manifest_lists": Unaudited,
    "a_dataset_takes_in_labels_in_force": Stale,
    "a_datasets_cases_come_with_its_lock": Unaudited,
    "no_model_is_shown_in_the_test_split": NoModelInTest,
    "commitment_fits_its_round": IllegalMove,
    "commitment_is_made_once": Committed,
    "commitment_is_made_before_the_marks": Unaudited,
    "commitment_goes_with_its_manner": Unaudited,
    "commitment_comes_first": CommitFirst,
}


def from_integrity_error(error: IntegrityError) -> DomainError | None:
    """The domain error that a named constraint stands for, if it has one."""
    diagnosis = getattr(error.__cause__, "diag", None)
    kind = BY_CONSTRAINT.get(getattr(diagnosis, "constraint_name", None) or "")
    return kind() if kind else None
