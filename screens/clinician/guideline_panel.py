"""The guideline beside the case: its text, its examples, and what changed since one last read by another version."""

from dataclasses import dataclass, field
from typing import Any

from screens.word_diff import Paragraph, changes
from workflow.documents import guideline_of
from workflow.examples import Example, examples_of
from workflow.models import Acknowledgement, CaseRound, GuidelineVersion, Membership, Read


@dataclass(frozen=True, slots=True)
class Since:
    """What changed since a version that one knows; `notes`: what the versions say of themselves, newest first."""

    number: int
    read: bool  # one read by it; else one acknowledged it
    paragraphs: list[Paragraph] = field(default_factory=list)
    notes: list[GuidelineVersion] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Panel:
    """A guideline version as it stands beside a case or on a page of its own."""

    version: GuidelineVersion
    title: str
    instructions: str
    examples: list[Example]
    since: Since | None

    @property
    def number(self) -> int:
        """The version's number."""
        return self.version.number


def panel_of(member: Membership, version: GuidelineVersion) -> Panel:
    """The version as this person should see it; it may be one that is retired by now."""
    document = guideline_of(str(version.content_id))
    return Panel(
        version,
        str(document.get("title", "")),
        instructions_of(document),
        examples_of(document),
        since_last(member, version),
    )


def since_last(member: Membership, version: GuidelineVersion) -> Since | None:
    """What changed since the version by which this person read last, else since the last that they acknowledged."""
    read = _read_last(member)
    known = read or _acknowledged_before(member, version)
    if known is None or known.pk == version.pk:
        return None
    return Since(known.number, read is not None, _between(known, version), _notes(known, version))


def since_acknowledged(member: Membership, version: GuidelineVersion) -> Since | None:
    """What changed since the last version before this one that this person acknowledged."""
    known = _acknowledged_before(member, version)
    if known is None:
        return None
    return Since(known.number, False, _between(known, version), _notes(known, version))


def instructions_of(document: dict[str, Any]) -> str:
    """A guideline's text; its title, which the page shows above it, is not said twice."""
    text = str(document.get("instructions", "")).strip()
    first, _, rest = text.partition("\n")
    return rest.strip() if first == f"# {document.get('title')}" else text


def _read_last(member: Membership) -> GuidelineVersion | None:
    last = Read.objects.filter(member=member).order_by("-submitted_at").values_list("case", "round").first()
    if last is None:
        return None
    rounds = CaseRound.objects.filter(case=last[0], number=last[1])
    return GuidelineVersion.objects.defer("draft").filter(pk__in=rounds.values("guideline")).first()


def _acknowledged_before(member: Membership, version: GuidelineVersion) -> GuidelineVersion | None:
    done = Acknowledgement.objects.filter(member=member, guideline__number__lt=version.number)
    last = done.order_by("-guideline__number").values("guideline")[:1]
    return GuidelineVersion.objects.defer("draft").filter(pk__in=last).first()


def _between(before: GuidelineVersion, after: GuidelineVersion) -> list[Paragraph]:
    old, new = (_text(guideline_of(str(one.content_id))) for one in (before, after))
    return changes(old, new)


def _notes(before: GuidelineVersion, after: GuidelineVersion) -> list[GuidelineVersion]:
    low, high = sorted((before.number, after.number))
    between = GuidelineVersion.objects.filter(project=after.project_id, number__gt=low, number__lte=high)
    return list(between.exclude(status="draft").defer("draft").order_by("-number"))


def _text(document: dict[str, Any]) -> str:
    """All that a reader goes by: the instructions, the questions with their choices, the examples."""
    schema = document["label_schema"]
    questions = [_asked(one) for one in schema.get("fields", [])]
    findings = (schema.get("findings") or {}).get("types", [])
    for one in findings:
        questions += [_asked(one), *(_asked(each) for each in one.get("fields", []))]
    told = [f"{one.title} {one.text}".strip() for one in examples_of(document)]
    parts = [str(document.get("instructions", "")), "# Questions", *questions, "# Examples", *told]
    return "\n".join(parts)


def _asked(one: dict[str, Any]) -> str:
    choices = ", ".join(str(choice.get("label", "")) for choice in one.get("categories", []))
    return f"{one.get('label') or one.get('key') or one.get('type', '')}{': ' if choices else ''}{choices}"
