"""A whole form made from a label schema: its questions, its findings, its remarks, and what is wrong in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import FindingType

from .answers import Fault, typed_answers
from .labels import CONFIDENCE, ESCALATE, FLAGS, type_of
from .questions import Choice, Line, Question, faults_at, html_id, mark_question, questions_of
from .typed import FIELDS, Typed, name_of_finding

CONFIDENCES = (("low", "Low"), ("normal", "Normal"), ("high", "High"), ("", "No answer"))


@dataclass(slots=True)
class FindingForm:
    """One finding on the form."""

    number: int
    name: str
    given_id: str
    type_key: str
    label: str
    help: str = ""
    mark: Question | None = None
    questions: list[Question] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def shown_number(self) -> int:
        """Counted as people count."""
        return self.number + 1

    @property
    def every_question(self) -> list[Question]:
        """Its mark first, then what is asked of it."""
        return ([self.mark] if self.mark else []) + self.questions


@dataclass(slots=True)
class Sheet:
    """The form as its template shows it."""

    questions: list[Question] = field(default_factory=list)
    findings: list[FindingForm] = field(default_factory=list)
    types: Sequence[FindingType] = ()
    most_findings: int = 0
    finding_faults: list[str] = field(default_factory=list)
    remarks: list[Question] = field(default_factory=list)
    escalate: Choice | None = None

    @property
    def every_question(self) -> list[Question]:
        """All questions in the order of the form."""
        inside = [question for finding in self.findings for question in finding.every_question]
        return [*self.questions, *inside, *self.remarks]

    @property
    def room_for_more(self) -> bool:
        """Whether another finding may be added."""
        return len(self.findings) < self.most_findings


def sheet_of(schema: LabelSchema, typed: Typed, faults: Sequence[Fault] = ()) -> Sheet:
    """The form of a schema, filled with what was typed, each fault at its question."""
    asked = typed_answers(schema.fields, FIELDS, "/fields", typed).asked
    sheet = Sheet(questions_of(schema.fields, FIELDS, "/fields", typed, asked, faults))
    sheet.types = schema.finding_types()
    sheet.most_findings = schema.findings.most if schema.findings else 0
    sheet.findings = [_finding(schema, number, typed, faults) for number in typed.findings()]
    sheet.finding_faults = [f["message"] for f in faults if f["path"] == "/findings"]
    sheet.remarks = _remarks(typed, faults)
    sheet.escalate = Choice(
        html_id(ESCALATE),
        ESCALATE,
        "1",
        "I would like a senior to look at this case",
        bool(typed.one(ESCALATE)),
    )
    return sheet


def _finding(schema: LabelSchema, number: int, typed: Typed, faults: Sequence[Fault]) -> FindingForm:
    name, path = name_of_finding(number), f"/findings/{number}"
    kind = type_of(schema, typed.one(f"{name}.type"))
    form = FindingForm(number, name, typed.one(f"{name}.id"), typed.one(f"{name}.type"), "Finding")
    form.faults = [f["message"] for f in faults if f["path"] in (path, f"{path}/id", f"{path}/type")]
    if kind is None:
        return form
    form.type_key, form.label, form.help = kind.key, kind.label, kind.help
    form.mark = mark_question(kind.mark, "Where it lies", f"{name}.mark", f"{path}/mark", typed, faults)
    asked = typed_answers(kind.fields, f"{name}.{FIELDS}", f"{path}/fields", typed).asked
    form.questions = questions_of(kind.fields, f"{name}.{FIELDS}", f"{path}/fields", typed, asked, faults)
    return form


def _remarks(typed: Typed, faults: Sequence[Fault]) -> list[Question]:
    sure = Question(
        html_id(CONFIDENCE), CONFIDENCE, "/confidence", "How sure are you?", "nominal", single=True
    )
    sure.choices = [
        Choice(f"{sure.id}-{n}", CONFIDENCE, text, label, text == typed.one(CONFIDENCE))
        for n, (text, label) in enumerate(CONFIDENCES)
    ]
    remarks = Question(html_id(FLAGS), FLAGS, "/flags", "Flags for review", "text", "One on each line.")
    remarks.lines = [Line(remarks.id, FLAGS, remarks.label, typed.one(FLAGS), rows=2)]
    for question in (sure, remarks):
        question.faults = faults_at(question.path, faults)
    return [sure, remarks]
