"""What the API shows of a token, and the form of what is asked for with a new one."""

from rest_framework import serializers

from accounts.models import Token
from accounts.scopes import READ, Scope, scope_of
from workflow.permissions import Verb

from .fields import Input

VERBS = (READ, *(verb.value for verb in Verb))


class TokenOut(serializers.ModelSerializer[Token]):
    """A token without its secret. `projects` and `verbs` limit what it may do; null is no limit."""

    projects = serializers.ListField(
        child=serializers.SlugField(), allow_null=True, help_text="The projects that it is for, by slug."
    )
    verbs = serializers.ListField(
        child=serializers.ChoiceField(VERBS), allow_null=True, help_text="What it may do; read is see alone."
    )

    class Meta:
        model = Token
        fields: tuple[str, ...] = (
            "id", "name", "created_at", "expires_at", "revoked_at", "projects", "verbs", "made_by",
        )  # fmt: skip


class NewTokenOut(TokenOut):
    """A token with its secret, which is shown this once."""

    token = serializers.CharField()

    class Meta(TokenOut.Meta):
        fields = (*TokenOut.Meta.fields, "token")


class ScopeIn(Input):
    """What the token is limited to; what is left out is as wide as it may be."""

    projects = serializers.ListField(
        child=serializers.SlugField(max_length=60),
        required=False,
        min_length=1,
        max_length=100,
        help_text="Slugs of projects that you are in. Left out: all, also those to come.",
    )
    verbs = serializers.ListField(
        child=serializers.ChoiceField(VERBS),
        required=False,
        min_length=1,
        max_length=100,
        help_text="What it may do; read is see alone. Left out: all that you may.",
    )


def asked_scope(given: dict[str, object], least: Scope) -> Scope:
    """The scope that was asked for; where nothing was said, `least`."""
    asked = scope_of(given.get("projects"), given.get("verbs"))  # type: ignore[arg-type]
    projects = least.projects if asked.projects is None else asked.projects
    return Scope(projects, least.verbs if asked.verbs is None else asked.verbs)
