"""Waves: batches of cases with a target per stratum."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.fields import AnyObject, Input, Text, Truth, Whole
from api.idempotency import changing
from tasks.waves import close_wave, open_wave
from workflow.access import cases_open_to
from workflow.acting import Acting
from workflow.models import Wave
from workflow.permissions import Kind, Verb
from workflow.waves.managing import create_wave, revise_wave, wave_of
from workflow.waves.progress import Progress, progress_of, waves_of

from .base import View, operation


class StratumIn(Input):
    """The cases whose strata have these values (all, without any): how many are wanted, and how many may begin."""

    where = AnyObject(required=False, default=dict)
    target = Whole()
    quota = Whole(required=False, allow_null=True, default=None)


class WaveIn(Input):
    """A wave. The reads of a pilot never count."""

    name = Text(allow_blank=True)
    pilot = Truth(required=False, default=False)
    strata = serializers.ListField(child=StratumIn(), allow_empty=True, max_length=1000)


class ReachedOut(serializers.Serializer[Any]):
    """What became of a stratum's cases, and how many final ones its target still lacks."""

    where = AnyObject(source="stratum.where")
    target = serializers.IntegerField(source="stratum.target")
    quota = serializers.IntegerField(source="stratum.quota", allow_null=True)
    registered = serializers.IntegerField()
    waiting = serializers.IntegerField()
    at_work = serializers.IntegerField()
    final = serializers.IntegerField()
    excluded = serializers.IntegerField()
    short_by = serializers.IntegerField()
    full = serializers.BooleanField()


class WaveOut(serializers.Serializer[Any]):
    """A wave with its progress. `began`: one of its cases did, so that it can only be opened and closed."""

    id = serializers.UUIDField(source="wave.pk")
    name = serializers.CharField(source="wave.name")
    pilot = serializers.BooleanField(source="wave.pilot")
    status = serializers.ChoiceField(Wave.Status.choices, source="wave.status")
    created_at = serializers.DateTimeField(source="wave.created_at")
    began = serializers.BooleanField()
    strata = ReachedOut(many=True)
    others = ReachedOut(help_text="The cases of the wave that belong to none of its strata.")


class WavesOut(serializers.Serializer[Any]):
    """Every wave of a project, oldest first."""

    waves = WaveOut(many=True)


class Waves(View):
    """The waves of a project."""

    @operation(operation_id="list_waves", responses=WavesOut)
    def get(self, request: Request, slug: str) -> Response:
        """Every wave, stratum by stratum: registered, waiting, at work, final, short by."""
        member = acting_in_project(request, slug, Verb.SEE, Kind.WAVE).person()
        return Response(WavesOut({"waves": waves_of(member.project, cases_open_to([member]))}).data)

    @operation(operation_id="create_wave", request=WaveIn, responses=WaveOut)
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Plan a wave; cases join it by its name when they are registered, and wait until it is opened."""
        acting = acting_in_project(request, slug, Verb.PLAN, Kind.WAVE)
        project = acting.person().project
        return _shown(acting, create_wave(acting=acting, project=project, **self.given(request, WaveIn)))


class WaveDetail(View):
    """One wave."""

    @operation(operation_id="get_wave", responses=WaveOut)
    def get(self, request: Request, slug: str, wave_id: UUID) -> Response:
        """A wave with its progress."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.WAVE)
        return _shown(acting, wave_of(acting.person().project, wave_id))


class ReviseWave(View):
    """Planning a wave otherwise."""

    problems: ClassVar = frozenset({409})

    @operation(operation_id="revise_wave", request=WaveIn, responses=WaveOut)
    @changing
    def post(self, request: Request, slug: str, wave_id: UUID) -> Response:
        """Change a wave before any of its cases began."""
        acting = acting_in_project(request, slug, Verb.PLAN, Kind.WAVE)
        wave = wave_of(acting.person().project, wave_id)
        return _shown(acting, revise_wave(acting=acting, wave=wave, **self.given(request, WaveIn)))


class OpenWave(View):
    """Opening a wave."""

    @operation(operation_id="open_wave", request=None, responses=WaveOut)
    @changing
    def post(self, request: Request, slug: str, wave_id: UUID) -> Response:
        """Let the wave's cases begin, up to each stratum's quota."""
        acting = acting_in_project(request, slug, Verb.PLAN, Kind.WAVE)
        return _shown(acting, open_wave(acting=acting, wave=wave_of(acting.person().project, wave_id)))


class CloseWave(View):
    """Closing a wave."""

    @operation(operation_id="close_wave", request=None, responses=WaveOut)
    @changing
    def post(self, request: Request, slug: str, wave_id: UUID) -> Response:
        """Let no further case of the wave begin; what began goes on."""
        acting = acting_in_project(request, slug, Verb.PLAN, Kind.WAVE)
        return _shown(acting, close_wave(acting=acting, wave=wave_of(acting.person().project, wave_id)))


def _shown(acting: Acting, wave: Wave) -> Response:
    found: Progress = progress_of(wave, cases_open_to([acting.person()]))
    return Response(WaveOut(found).data)
