"""What holds for marks of every kind: order, place and neighbours change nothing, and reports come out again."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audit.canonical import canonical
from tests.workflow.consensus.marks import (
    KINDS,
    SPACING,
    content,
    ellipse,
    length,
    mask,
    point,
    polygon,
    protocol,
    schema,
    span,
)
from workflow.consensus.cases import decide_case
from workflow.consensus.engines import Terms
from workflow.consensus.outcomes import ReadInput
from workflow.consensus.recomputing import recomputed
from workflow.consensus.report import report
from workflow.consensus.spacing import scale_from
from workflow.protocol.protocol import Protocol

MM = Terms(scale=scale_from(SPACING))
SCHEMA = schema()
DIGEST = "sha256:" + "0" * 64
BUILDERS = {
    "point": point,
    "length": length,
    "ellipse": ellipse,
    "polygon": polygon,
    "mask": mask,
    "span": span,
}


def drawn(kind, place, shift):
    """A mark `place` quarter pixels (whole ones for masks and spans) along, all shifted by whole pixels."""
    if kind == "span":
        return span(1 + place + shift)
    if kind == "mask":
        return mask(place + shift, 6, y=shift)
    return BUILDERS[kind](place * 750 + shift * 1000 + 10_000, y=shift * 1000 + 10_000)


def built(kind, reads, shift=0):
    made = []
    for name, (field, findings) in zip("abcd", reads, strict=False):
        fields = {} if field is None else {kind: drawn(kind, field, shift)}
        marks = [drawn(kind, place, shift) for place in findings]
        made.append(ReadInput(name, content(*marks, **fields), f"sha256:{name}", ord(name)))
    return made


def decide(reads, by):
    return decide_case(schema=SCHEMA, protocol=by, reads=reads, terms=MM)


READ = st.tuples(st.none() | st.integers(0, 12), st.lists(st.integers(0, 30), max_size=3, unique=True))
READS = st.lists(READ, min_size=2, max_size=4)
RULES = st.sampled_from([("2+1", 2), ("2+senior", 2), ("majority", 3), ("unanimous", 2)])
every_kind = pytest.mark.parametrize("kind", KINDS)


def parsed(kind, rule):
    return Protocol.parse(protocol(kind, *rule))


@every_kind
@settings(max_examples=40, deadline=None)
@given(READS, RULES, st.randoms(use_true_random=False))
def test_neither_the_order_of_the_reads_nor_who_gave_them_changes_what_is_settled(kind, reads, rule, random):
    by, swapped = parsed(kind, rule), list(reads)
    random.shuffle(swapped)
    one, other = decide(built(kind, reads), by), decide(built(kind, swapped), by)
    assert (one.outcome, one.disputed, one.reference) == (other.outcome, other.disputed, other.reference)
    shuffled = built(kind, reads)
    random.shuffle(shuffled)
    again = report(decide(shuffled, by), protocol_digest=DIGEST)
    assert canonical(again) == canonical(report(one, protocol_digest=DIGEST))


@every_kind
@settings(max_examples=40, deadline=None)
@given(READS, RULES, st.integers(1, 20))
def test_a_common_shift_changes_no_match(kind, reads, rule, shift):
    by = parsed(kind, rule)
    one, other = decide(built(kind, reads), by), decide(built(kind, reads, shift), by)
    assert (one.outcome, one.reason, one.disputed) == (other.outcome, other.reason, other.disputed)
    for here, there in zip(one.findings, other.findings, strict=True):
        assert here.question == there.question
        ids = [[mark["id"] for mark in found] for found in here.marks.values()]
        assert ids == [[mark["id"] for mark in found] for found in there.marks.values()]


@every_kind
@settings(max_examples=25, deadline=None)
@given(READS, READS, RULES)
def test_a_report_depends_on_its_case_alone_and_is_computed_again_to_the_same_bytes(kind, reads, other, rule):
    by = parsed(kind, rule)
    first = canonical(report(decide(built(kind, reads), by), protocol_digest=DIGEST))
    decide(built(kind, other), by)
    stated = json.loads(first)
    again = recomputed(stated, schema=SCHEMA, protocol=by, reads=built(kind, reads)[::-1])
    assert canonical(again) == first
