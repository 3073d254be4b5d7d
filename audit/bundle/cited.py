"""What events cite, found in their canonical bytes without parsing them: a log may have millions of them.

In canonical bytes a key stands directly before its digest, and a quote inside of a text is escaped, so that no text
can mimic a key.
"""

import re
from typing import Final

from .spill import Spill

_MARK: Final = b"sha256:"
_LENGTH: Final = len(_MARK) + 64
# The seven bytes that end at each key under which an event cites content; "software_digest" is none of them.
_CONTENT: Final = frozenset((b'"digest', b"display", b"entials", b"content", b"vidence"))
_COMMITMENT: Final = frozenset((b'"person', b"anifest"))
_COMMENTS: Final = b'","role":"comments"'
_CREATED: Final = re.compile(rb'\{"action":"case\.created",[^\n]*?"after":\{"digest":"(sha256:[0-9a-f]{64})"')


class Citations:
    """What the events that are shown cite; each set comes out sorted, each digest once.

    `contents`; `committing`: those contents that themselves hold commitments; `commitments`.
    """

    def __init__(self) -> None:
        self.contents, self.committing, self.commitments = Spill(), Spill(), Spill()

    def gather(self, lines: bytes) -> None:
        """Note what these canonical events cite."""
        contents, committing, commitments = set(), set(_CREATED.findall(lines)), set()
        at = lines.find(_MARK)
        while at >= 0:
            key, end = lines[at - 10 : at - 3], at + _LENGTH
            if key in _CONTENT:
                contents.add(lines[at:end])
                if lines.startswith(_COMMENTS, end):
                    committing.add(lines[at:end])
            elif key in _COMMITMENT or key.endswith(b'"text'):
                commitments.add(lines[at:end])
            at = lines.find(_MARK, end)
        self.contents.add(*contents)
        self.committing.add(*committing)
        self.commitments.add(*commitments)

    def close(self) -> None:
        """Forget everything."""
        for spill in (self.contents, self.committing, self.commitments):
            spill.close()
