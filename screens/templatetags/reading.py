"""How the pages of clinicians show longer texts."""

from django import template
from django.utils.safestring import SafeString

from screens.prose import prose as as_html

register = template.Library()


@register.filter
def prose(text: str) -> SafeString:
    """A guideline's text as HTML."""
    return as_html(str(text or ""))
