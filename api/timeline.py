"""How the API tells what happened to a case; the telling itself is workflow/queries.py."""

from typing import Any

from rest_framework import serializers


class ActorOut(serializers.Serializer[Any]):
    """Who acted: their name in the log, the role used, and who that is, if a person."""

    id = serializers.CharField()
    role = serializers.CharField()
    name = serializers.CharField(allow_null=True)


class MoveOut(serializers.Serializer[Any]):
    """The change of state that the event carried."""

    vars()["from"] = serializers.CharField(allow_null=True)
    to = serializers.CharField()


class ReasonOut(serializers.Serializer[Any]):
    """Why: a code, and the words if they were given and not erased."""

    code = serializers.CharField()
    text = serializers.CharField(allow_null=True)


class ObjectOut(serializers.Serializer[Any]):
    """What the act was about."""

    kind = serializers.CharField()
    id = serializers.CharField()
    version = serializers.IntegerField()


class EventOut(serializers.Serializer[Any]):
    """One event of the case's chain; `leaf_hash` is its place in the log's proofs."""

    event_id = serializers.UUIDField()
    seq = serializers.IntegerField()
    at = serializers.CharField()
    action = serializers.CharField()
    actor = ActorOut()
    object = ObjectOut()
    state = MoveOut(allow_null=True)
    reason = ReasonOut(allow_null=True)
    request_id = serializers.CharField()
    leaf_hash = serializers.CharField()
