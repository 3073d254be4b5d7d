"""Guideline text: the Markdown that instructions need, and nothing that a document could smuggle in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.prose import prose

AWAY = 'rel="noopener noreferrer" target="_blank"'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Nodules", "<h3>Nodules</h3>"),
        ("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>"),
        ("- a\n- b\n  more", "<ul><li>a</li><li>b\nmore</li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("**no** for *scars*", "<p><strong>no</strong> for <em>scars</em></p>"),
        ("and `a*b*`.", "<p>and <code>a*b*</code>.</p>"),
        ("[LIDC](https://a.org/a?b=1)", f'<p><a href="https://a.org/a?b=1" {AWAY}>LIDC</a></p>'),
        ("```\n<b> **x**\n```", "<pre>&lt;b&gt; **x**</pre>"),
        ("2 * 3 * 4 and file_name_x", "<p>2 * 3 * 4 and file_name_x</p>"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
    ],
)  # fmt: skip
def test_what_is_typed_is_shown(text: str, html: str) -> None:
    assert prose(text) == html


PIECES = [
    "<script>",
    '"',
    "'",
    "](https://x",
    "**",
    "*",
    "_",
    "`",
    "```\n",
    "\n",
    "# ",
    "- ",
    "1. ",
    "a",
    "[",
    ")",
]
OURS = re.compile(rf'</?(h[3-6]|p|ul|ol|li|pre|strong|em|code)>|<a href="https?://[^"<>]+" {AWAY}>|</a>')


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_no_markup_but_ours_comes_out(text: str) -> None:
    assert "<" not in OURS.sub("", prose(text))
