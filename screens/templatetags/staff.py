"""How our pages show times, codes and documents."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from audit.log import moment
from workflow.drafting import text_of
from workflow.models import Membership
from workflow.queries import name_of

register = template.Library()


@register.filter
def words(code: str) -> str:
    """A code as people say it: `junior_review` is junior review."""
    return str(code).replace("_", " ").replace(".", " ")


@register.filter
def sentence(code: str) -> str:
    """A code as the beginning of a sentence."""
    said = words(code)
    return said[:1].upper() + said[1:]


@register.filter
def who(member: Membership | None) -> str:
    """A member as people call them; nothing for nobody."""
    return name_of(member) if member else ""


@register.filter
def measured(values: dict[str, Any]) -> str:
    """What a rule of the gate measured, in words: `slices 3, wanted 10, in 3 images`; what is unknown is left out."""
    told = [
        f"{words(key)} {_value(one)}" for key, one in values.items() if key != "instances" and one is not None
    ]
    if count := values.get("instances"):
        told.append(f"in {count} image{'' if count == 1 else 's'}")
    return ", ".join(told)


@register.filter
def amount(count: int | None) -> str:
    """Bytes as people read them: 1.5 MB."""
    size, unit = float(count or 0), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.0f} {unit}" if unit == "bytes" or size >= 100 else f"{size:.1f} {unit}"


@register.filter
def short(digest: str | None) -> SafeString | str:
    """A digest by its first digits, whole on hover."""
    if not digest:
        return ""
    return format_html(
        '<span class="digest nowrap" title="{}">{}</span>', digest, digest.removeprefix("sha256:")[:12]
    )


@register.filter
def sha256(digest: bytes | memoryview) -> str:
    """Raw bytes of a digest as the log writes it."""
    return f"sha256:{bytes(digest).hex()}"


@register.simple_tag
def when(value: datetime | str | None, zone: str = "UTC", seconds: bool = False) -> SafeString | str:
    """A time in a zone; UTC with the offset on hover."""
    if not value:
        return ""
    at = moment(value) if isinstance(value, str) else value
    here = at.astimezone(ZoneInfo(zone))
    shown = here.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
    exact = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return format_html(
        '<time datetime="{}" title="{}, here {}">{}</time>',
        at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        exact,
        here.strftime("UTC%z"),
        shown,
    )


@register.filter
def pretty(value: Any) -> str:
    """A JSON value as lines."""
    return text_of(value)


@register.filter
def line_class(line: str) -> str:
    """What a line of a unified diff is."""
    return {"+": "added", "-": "removed", "@": "place"}.get(line[:1], "same")


@register.filter
def get(mapping: dict[Any, Any], key: Any) -> Any:
    """The value under a key, or nothing."""
    return mapping.get(key, "")


@register.filter
def actor(name: str) -> SafeString:
    """A person's name in the log by its first digits, whole on hover."""
    return format_html('<span class="digest" title="{}">{}…</span>', name, name[:8])


@register.filter
def object_id(name: str) -> SafeString | str:
    """What an event is about by its first characters, whole on hover."""
    if len(name) <= 12:
        return name
    return format_html('<span class="digest" title="{}">{}…</span>', name, name[:8])


@register.filter
def sorted_json(value: Any) -> str:
    """A JSON value as lines, its keys in the order in which they are hashed."""
    return json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{words(key)} {_value(one)}" for key, one in value.items())
    if isinstance(value, list):
        return " / ".join(_value(one) for one in value) or "none"
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else words(value)
