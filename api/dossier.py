"""How the API tells a case's dossier; what it is made of is in provenance/dossier_parts.py."""

from typing import Any

from rest_framework import serializers

from .fields import AnyObject

Out = serializers.Serializer[Any]


class WhoOut(Out):
    """Somebody who acted. `name` is null for the service itself, and once it was `erased`."""

    actor = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField(allow_null=True)
    erased = serializers.BooleanField()
    role = serializers.CharField()
    site = serializers.CharField(allow_null=True)
    credentials = serializers.CharField(allow_null=True)


class ActOut(Out):
    """One event: place in the case's chain, leaf hash, and leaf index, which is null while it waits for the seal."""

    seq = serializers.IntegerField()
    event_id = serializers.UUIDField()
    action = serializers.CharField()
    at = serializers.CharField()
    who = WhoOut()
    leaf_hash = serializers.CharField()
    leaf_index = serializers.IntegerField(allow_null=True)


class WhyOut(Out):
    """A reason: a code, and its words unless there were none or they were `erased`."""

    code = serializers.CharField()
    text = serializers.CharField(allow_null=True)
    erased = serializers.BooleanField()


class VersionCitedOut(Out):
    """The guideline or protocol version that an event cites."""

    version = serializers.IntegerField()
    digest = serializers.CharField()


class ShownItemOut(Out):
    """One digest that was displayed; `known_as` says what in this case has it."""

    role = serializers.CharField()
    digest = serializers.CharField()
    known_as = serializers.ListField(child=serializers.CharField())


class ShownSeriesOut(Out):
    """What was served of a series: so many of its images and frames; without a series, of no image of this case."""

    study = serializers.CharField(allow_null=True)
    series = serializers.CharField(allow_null=True)
    modality = serializers.CharField(allow_null=True)
    role = serializers.CharField(allow_null=True)
    images = serializers.IntegerField()
    of_images = serializers.IntegerField()
    frames = serializers.IntegerField()
    of_frames = serializers.IntegerField()


class ShownOut(Out):
    """The display manifest that an act cites."""

    digest = serializers.CharField()
    since = serializers.CharField(allow_null=True)
    until = serializers.CharField(allow_null=True)
    items = ShownItemOut(many=True, allow_null=True)
    images = ShownSeriesOut(many=True)


class CommentOut(Out):
    """A reviewer's remark at a place of the read."""

    path = serializers.CharField()
    text = serializers.CharField(allow_null=True)
    erased = serializers.BooleanField()


class ReviewOut(Out):
    """The verdict on a read; `correction` and `labels` are what it was corrected to."""

    verdict = serializers.CharField()
    act = ActOut()
    why = WhyOut(allow_null=True)
    shown = ShownOut(allow_null=True)
    comments = CommentOut(many=True, allow_null=True)
    correction = serializers.CharField(allow_null=True)
    labels = AnyObject(allow_null=True)


class RecalledOut(Out):
    """A read was taken back by its author."""

    act = ActOut()
    why = WhyOut(allow_null=True)


class CommittedToOut(Out):
    """What a reader said alone before a model's marks were shown to them; `shift`: towards the model, or away."""

    act = ActOut()
    shown = ShownOut(allow_null=True)
    digest = serializers.CharField()
    labels = AnyObject(allow_null=True)
    shift = serializers.ChoiceField(["unchanged", "towards", "away", "neither"], allow_null=True)


class DossierReadOut(Out):
    """One revision of what a person said; `hidden` names what the protocol kept from them."""

    id = serializers.UUIDField()
    place = serializers.IntegerField()
    revision = serializers.IntegerField()
    kind = serializers.CharField()
    act = ActOut()
    guideline = VersionCitedOut()
    protocol = VersionCitedOut()
    hidden = serializers.ListField(child=serializers.CharField())
    shown = ShownOut(allow_null=True)
    why = WhyOut(allow_null=True)
    digest = serializers.CharField()
    labels = AnyObject(allow_null=True)
    stands = serializers.ChoiceField(["stands", "returned", "recalled", "superseded"])
    recalled = RecalledOut(allow_null=True)
    review = ReviewOut(allow_null=True)
    committed = CommittedToOut(allow_null=True)


class ComparedOut(Out):
    """A consensus report with the ids of the reads that it compared."""

    id = serializers.UUIDField()
    sequence = serializers.IntegerField()
    act = ActOut()
    outcome = serializers.CharField()
    second_look = serializers.IntegerField()
    sampled = serializers.BooleanField()
    reads = serializers.ListField(child=serializers.UUIDField())
    protocol = VersionCitedOut()
    digest = serializers.CharField()
    report = AnyObject(allow_null=True)


class ArbitratedOut(Out):
    """A senior's decision; `picks` and `rework` name reads as `place.revision`."""

    id = serializers.UUIDField()
    act = ActOut()
    outcome = serializers.CharField()
    why = WhyOut(allow_null=True)
    shown = ShownOut(allow_null=True)
    guideline = VersionCitedOut()
    protocol = VersionCitedOut()
    picks = serializers.DictField(child=serializers.CharField())
    rework = serializers.ListField(child=serializers.CharField())
    another_read = serializers.BooleanField()
    digest = serializers.CharField()
    labels = AnyObject(allow_null=True)


class ReleasedOut(Out):
    """A version of the reference label, and the act that took it out of force."""

    id = serializers.UUIDField()
    version = serializers.IntegerField()
    act = ActOut()
    status = serializers.CharField()
    settled_by = serializers.CharField()
    decision = serializers.CharField(allow_null=True)
    guideline = VersionCitedOut()
    protocol = VersionCitedOut()
    digest = serializers.CharField()
    labels = AnyObject(allow_null=True)
    superseded = ActOut(allow_null=True)


class DossierRoundOut(Out):
    """One pass through the tiers."""

    number = serializers.IntegerField()
    begun = ActOut()
    why = WhyOut(allow_null=True)
    readers = serializers.CharField()
    reads_planned = serializers.IntegerField()
    reads_max = serializers.IntegerField()
    guideline = VersionCitedOut()
    protocol = VersionCitedOut()
    reads = DossierReadOut(many=True)
    comparisons = ComparedOut(many=True)
    arbitrations = ArbitratedOut(many=True)
    labels = ReleasedOut(many=True)


class SnapshotOut(Out):
    """A credential snapshot that the case's events cite."""

    digest = serializers.CharField()
    actor = serializers.CharField()
    snapshot = AnyObject(allow_null=True)


class LineOut(Out):
    """One event of the chain; SHA-256(0x00 ‖ `body`) is its leaf hash."""

    act = ActOut()
    about = serializers.CharField()
    vars()["source"] = serializers.CharField(allow_null=True)  # fields have an attribute of this name
    target = serializers.CharField(allow_null=True)
    why = WhyOut(allow_null=True)
    body = serializers.CharField()


class DossierProofOut(Out):
    """That the chain up to event `covers` is under a signed head: with `hashes`, lowest first, the leaf leads to it."""

    origin = serializers.CharField()
    size = serializers.IntegerField()
    vars()["root"] = serializers.CharField()  # the framework has a property of this name
    note = serializers.CharField()
    vkey = serializers.CharField()
    covers = serializers.IntegerField()
    covers_at = serializers.CharField()
    leaf_index = serializers.IntegerField()
    leaf_hash = serializers.CharField()
    hashes = serializers.ListField(child=serializers.CharField())
    tlog_proof = serializers.CharField()


class DossierOut(Out):
    """A case from its log alone. `faults` says in sentences what did not hold when it was recomputed; empty is good."""

    case = serializers.UUIDField()
    log = serializers.CharField()
    reference = serializers.CharField(allow_null=True)
    reference_erased = serializers.BooleanField()
    split = serializers.CharField(allow_null=True)
    strata = AnyObject(allow_null=True)
    state = serializers.CharField()
    held = serializers.BooleanField()
    events = serializers.IntegerField()
    registered = ActOut()
    rounds = DossierRoundOut(many=True)
    credentials = SnapshotOut(many=True)
    lines = LineOut(many=True)
    proof = DossierProofOut(allow_null=True)
    faults = serializers.ListField(child=serializers.CharField())
