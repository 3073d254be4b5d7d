"""How a dossier names people and reasons, with what was erased said as erased."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from provenance.dossier_parts import Who, Why

register = template.Library()


@register.simple_tag
def named(who: Who) -> SafeString | str:
    """Somebody by their name if its opening is kept, else by their name in the log."""
    if who.kind != "human":
        return "the service"
    if who.name:
        return who.name
    erased = format_html(' <span class="muted">{}</span>', "(name erased)") if who.erased else ""
    return format_html('<span class="digest">{}</span>{}', who.actor, erased)


@register.simple_tag
def because(why: Why | None) -> SafeString | str:
    """A reason: its code, and its words in quotation marks."""
    if why is None:
        return "none"
    code = why.code.replace("_", " ")
    if why.erased:
        return format_html('{} <span class="muted">(words erased)</span>', code)
    return format_html("{}: “{}”", code, why.text) if why.text else code
