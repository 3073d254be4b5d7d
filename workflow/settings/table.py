"""The settings of a project: key, unit, default, what each takes, what it means. One table for all who show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from .kinds import Chosen, GateRules, Kind, Names, PerKind, Share, Whole, YesNo, Zone
from .viewers import Viewers
from .working_hours import OFFICE, WorkingHours


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `meaning` is one sentence for whoever changes it; `label` names it on a page."""

    key: str
    label: str
    unit: str
    default: Any
    kind: Kind
    meaning: str


TABLE: Final = (
    Setting(
        "time_zone", "Time zone", "zone", "UTC", Zone(),
        "The zone in which this project's times are shown, its months are counted and its calendar holds.",
    ),
    Setting(
        "lease_minutes", "Lease", "minutes", 30, Whole(5, 480),
        "How long a task stays with whoever opened it after their last sign of life; then it is anybody's again.",
    ),
    Setting(
        "idle_minutes", "Idle after", "minutes", 5, Whole(1, 120),
        "At most so much between two signs of life counts as worked: a longer pause is idle and is not paid.",
    ),
    Setting(
        "priority_hours", "Worth of a priority", "hours", 6, Whole(0, 720),
        "By how much older a task counts for each step of its case's priority, for tasks that open from now on.",
    ),
    Setting(
        "spread_minutes", "Equally urgent within", "minutes", 60, Whole(0, 60),
        "Tasks that came within so long count as equally urgent, and people are spread over them, from now on.",
    ),
    Setting(
        "daily_cap", "Most tasks a day", "tasks", None, Whole(1, 10000, optional=True),
        "How many tasks one person may take up in a day of the project's zone; null is no cap beyond their capacity.",
    ),
    Setting(
        "session_minutes", "Longest session", "minutes", None, Whole(10, 720, optional=True),
        "After so long without a break a person is given no further task until they have paused; null is no limit.",
    ),
    Setting(
        "break_minutes", "Break", "minutes", 15, Whole(1, 480),
        "How long without a sign of life is a break, after which a new session begins.",
    ),
    Setting(
        "start_by_hours", "Start a reservation within", "hours", 48, Whole(1, 2160),
        "A task that a manager reserved for somebody is anybody's if they have not started it after so long.",
    ),
    Setting(
        "most_share", "Most of the dataset", "share", None, Share("0.01", "1", optional=True),
        "The share of the dataset's cases in which one person may play a part; null is no cap.",
    ),
    Setting(
        "due_hours", "Due after", "working hours", {}, PerKind(Whole(1, 2000)),
        "How many working hours after it opened a task of each kind is due; a kind without a number is never due.",
    ),
    Setting(
        "warn_at", "Warn at", "share", "0.8", Share("0.1", "0.99"),
        "Whoever has a task is warned once this share of its working hours has passed since it came to them.",
    ),
    Setting(
        "calendar", "Working hours", "local times", OFFICE, WorkingHours(),
        "The hours in which this project works: only these count until a task is due.",
    ),
    Setting(
        "required_training", "Required training", "names", [], Names(50, 120),
        "Whoever takes up work must have passed training of each of these names.",
    ),
    Setting(
        "gold_pass_mark", "Controls as known", "share", "0.8", Share("0", "1"),
        "The share of controls that a reader must answer as known; they are low once even the upper bound is below it.",
    ),
    Setting(
        "calibration_pass_mark", "Calibration as known", "share", "0.8", Share("0", "1"),
        "The share of a calibration set that a reader must answer as known to pass it.",
    ),
    Setting(
        "gold_exposures", "Showings of a control", "people", 50, Whole(1, 100000),
        "To how many people one control is shown at most; to each of them once.",
    ),
    Setting(
        "repeat_share", "Repeats", "share", "0", Share("0", "0.5"),
        "The share of a reader's work that is a case of their own, shown again after the washout.",
    ),
    Setting(
        "repeat_washout_days", "Washout", "days", 28, Whole(1, 1000),
        "How long after their own read of a case a reader may be shown it again.",
    ),
    Setting(
        "gate", "Quality gate", "rules", {}, GateRules(),
        "What images must be like; a case whose images are not waits in intake until a manager decides.",
    ),
    Setting(
        "deid_options", "Kept in de-identification", "options", [],
        Chosen(4, 40, ("modified_dates", "device", "patient_characteristics", "clean_descriptors")),
        "What imports from now on keep of their headers beyond the basic profile of DICOM PS3.15.",
    ),
    Setting(
        "keep_originals", "Keep originals", "yes or no", False, YesNo(),
        "Whether files of imports from now on are also kept as they came, sealed.",
    ),
    Setting(
        "viewers", "Outside viewers", "viewers", [], Viewers(),
        "Where a reader may open a case beside Consilium: a name, and the template of its address (docs/viewers.md).",
    ),
    Setting(
        "link_minutes", "Links to viewers", "minutes", 60, Whole(1, 480),
        "For how long a link to an outside viewer opens its case at most, while that is in its reader's hands.",
    ),
    Setting(
        "near_duplicate_bits", "Near-duplicates", "bits of 64", 3, Whole(0, 16, optional=True),
        "By how much two images may differ and still count as the same when one is in another split; null is no check.",
    ),
)  # fmt: skip
SETTINGS: Final[Mapping[str, Setting]] = {setting.key: setting for setting in TABLE}
