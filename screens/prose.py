"""Guideline text as HTML: the part of Markdown that instructions need, everything else as it was typed.

All text is escaped before any markup of ours is put around it, so that no document can bring its own.
"""

import re
from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_BULLET = re.compile(r"\s*[-*+]\s+(.*)")
_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s+(.*)")
_FENCE = "```"
# In this order: what is code is not looked into.
_CODE = re.compile(r"`([^`]+)`")
_INLINE = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"(?<![*\w])\*([^*\s](?:[^*]*[^*\s])?)\*(?![*\w])"), r"<em>\1</em>"),
    (re.compile(r"(?<!\w)_([^_\s](?:[^_]*[^_\s])?)_(?!\w)"), r"<em>\1</em>"),
    (
        re.compile(r"\[([^\]]+)\]\((https?://[^\s)]+)\)"),
        r'<a href="\2" rel="noopener noreferrer" target="_blank">\1</a>',
    ),
)
_FIRST_LEVEL = 3  # the pages have headings of their own above it


def prose(text: str) -> SafeString:
    """The text as HTML: headings, paragraphs, lists, code, emphasis, links to the web."""
    return mark_safe("\n".join(_blocks(text.replace("\r\n", "\n").split("\n"))))  # noqa: S308  # escaped line by line


def _blocks(lines: list[str]) -> Iterator[str]:
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        end = _end(lines, at)
        yield _block(lines[at:end])
        at = end


def _end(lines: list[str], at: int) -> int:
    """Where the block that begins here ends."""
    if lines[at].startswith(_FENCE):
        rest = range(at + 1, len(lines))
        return next((n + 1 for n in rest if lines[n].startswith(_FENCE)), len(lines))
    if _HEADING.match(lines[at]):
        return at + 1
    kind = _kind(lines[at])
    after = at + 1
    while after < len(lines) and lines[after].strip() and not lines[after].startswith((_FENCE, "# ")):
        if _kind(lines[after]) not in (kind, "text") or _HEADING.match(lines[after]):
            break
        after += 1
    return after


def _kind(line: str) -> str:
    return "ul" if _BULLET.match(line) else "ol" if _NUMBERED.match(line) else "text"


def _block(lines: list[str]) -> str:
    if lines[0].startswith(_FENCE):
        return f"<pre>{escape(chr(10).join(lines[1:-1]))}</pre>"
    if heading := _HEADING.match(lines[0]):
        level = min(6, _FIRST_LEVEL + len(heading[1]) - 1)
        return f"<h{level}>{_inline(heading[2])}</h{level}>"
    if (kind := _kind(lines[0])) == "text":
        return f"<p>{_inline(chr(10).join(lines))}</p>"
    return f"<{kind}>{''.join(f'<li>{_inline(item)}</li>' for item in _items(lines, kind))}</{kind}>"


def _items(lines: list[str], kind: str) -> list[str]:
    """The items of a list; a line without a sign goes on with the item before it."""
    items: list[str] = []
    sign = _BULLET if kind == "ul" else _NUMBERED
    for line in lines:
        if found := sign.match(line):
            items.append(found[1])
        else:
            items[-1] += f"\n{line.strip()}"
    return items


def _inline(text: str) -> str:
    parts = _CODE.split(str(escape(text)))
    return "".join(f"<code>{part}</code>" if n % 2 else _emphasised(part) for n, part in enumerate(parts))


def _emphasised(text: str) -> str:
    for pattern, markup in _INLINE:
        text = pattern.sub(markup, text)
    return text
