"""Checks that the relative links in the project's Markdown lead to files, and to headings that exist."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[(?:[^\]\\]|\\.)*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)", re.MULTILINE)
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)


def main() -> int:
    """Print each broken link with its file; the exit status is 1 if there is one."""
    pages = markdown_files()
    faults = [f"{page.relative_to(ROOT)}: {fault}" for page in pages for fault in broken_links(page)]
    print("\n".join(faults) or f"The links of {len(pages)} pages hold.")  # noqa: T201
    return 1 if faults else 0


def markdown_files() -> list[Path]:
    """The project's own Markdown: what git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(ROOT / name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


def broken_links(page: Path) -> Iterator[str]:
    """What is wrong with each relative link of a page."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    for target in LINK.findall(text) + REFERENCE.findall(text):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = unquote(target).partition("#")
        place = page.parent / name if name else page
        if not place.exists():
            yield f"{target} leads nowhere"
        elif not place.resolve().is_relative_to(ROOT):
            yield f"{target} leads out of the project"
        elif anchor and place.suffix == ".md" and anchor not in headings(place):
            yield f"{target} names no heading of {place.name}"


def headings(page: Path) -> set[str]:
    """The anchors that a page's headings get, as GitHub makes them."""
    lines = re.findall(r"^#{1,6}\s+(.*?)\s*#*$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


if __name__ == "__main__":
    sys.exit(main())
