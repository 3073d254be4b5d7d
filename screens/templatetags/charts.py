"""Numbers of charts as their tables show them."""

from django import template

register = template.Library()


@register.filter
def of_chart(value: float | None, unit: str) -> str:
    """A number of a chart, exactly as the chart has it; a share as per cent; nothing where there is none."""
    if value is None:
        return ""
    return f"{100 * value:.1f} %" if unit == "%" else f"{value:g}" if value < 1e6 else f"{value:.0f}"
