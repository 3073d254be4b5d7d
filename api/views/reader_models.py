"""Models that read in a project: registered, retired, what they say of cases, what readers made of it."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from api.access import acting_in_project
from api.idempotency import changing
from api.modelfile import (
    AssistanceOut,
    ModelIn,
    ModelsOut,
    PredictedOut,
    PredictionOut,
    PredictionsIn,
    RetireModelIn,
)
from api.pagination import Cursor
from audit.log import Reason
from workflow.assistance.measuring import measured, models_of
from workflow.assistance.predicting import NewPrediction, attach_predictions
from workflow.assistance.registering import model_of, register_model, retire_model
from workflow.models import Prediction, Project
from workflow.permissions import Kind, Verb
from workflow.seeing import saw_list

from .base import View, operation


class Models(View):
    """The models of a project."""

    problems: ClassVar = frozenset({409})

    @operation(operation_id="list_models", responses=ModelsOut)
    def get(self, request: Request, slug: str) -> Response:
        """Every model; closed to managers who read themselves."""
        return _all(acting_in_project(request, slug, Verb.SEE, Kind.MODEL).person().project)

    @operation(operation_id="register_model", request=ModelIn, responses=ModelsOut)
    @changing
    def post(self, request: Request, slug: str) -> Response:
        """Let a model read here. It never changes: another file is another version."""
        acting = acting_in_project(request, slug, Verb.REGISTER, Kind.MODEL)
        project = acting.person().project
        register_model(acting=acting, project=project, **self.given(request, ModelIn))
        return _all(project)


class RetireModel(View):
    """Retiring a model."""

    problems: ClassVar = frozenset({409})

    @operation(operation_id="retire_model", request=RetireModelIn, responses=ModelsOut)
    @changing
    def post(self, request: Request, slug: str, model_id: UUID) -> Response:
        """Take no more of what it says; what it said stays."""
        acting = acting_in_project(request, slug, Verb.REGISTER, Kind.MODEL)
        given, project = self.given(request, RetireModelIn), acting.person().project
        reason = Reason(given["reason_code"], given["note"])
        retire_model(acting=acting, model=model_of(project, model_id), reason=reason)
        return _all(project)


class Predictions(View):
    """What a model says of cases."""

    pagination_class = Cursor
    problems: ClassVar = frozenset({409})

    @operation(operation_id="list_predictions", responses=PredictionOut(many=True))
    def get(self, request: Request, slug: str, model_id: UUID) -> Response:
        """The cases of which the model said something, by the digest of what it said, oldest first."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.MODEL)
        model = model_of(acting.person().project, model_id)
        saw_list(acting)
        rows = Prediction.objects.filter(model=model).select_related("case")
        return self.page(request, rows, PredictionOut)

    @operation(operation_id="attach_predictions", request=PredictionsIn, responses=PredictedOut)
    @changing
    def post(self, request: Request, slug: str, model_id: UUID) -> Response:
        """Send what the model says. A refused row refuses only itself; the first answer for a case is in force."""
        acting = acting_in_project(request, slug, Verb.REGISTER, Kind.MODEL)
        new = [NewPrediction(**row) for row in self.given(request, PredictionsIn)["predictions"]]
        model = model_of(acting.person().project, model_id)
        rows = attach_predictions(acting=acting, model=model, predictions=new)
        return Response(PredictedOut({"rows": rows}).data)


class ModelAssistance(View):
    """What readers made of a model's marks."""

    @operation(operation_id="get_assistance", responses=AssistanceOut)
    def get(self, request: Request, slug: str, model_id: UUID) -> Response:
        """How many marks were kept, changed, dropped and added: of all readers, and of each."""
        acting = acting_in_project(request, slug, Verb.SEE, Kind.MODEL)
        found: Any = measured(model_of(acting.person().project, model_id))
        return Response(AssistanceOut(found).data)


def _all(project: Project) -> Response:
    return Response(ModelsOut({"models": models_of(project)}).data)
