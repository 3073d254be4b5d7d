"""COCO's files: one for the reference labels, one for each reader, one for what readers revised later."""

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from typing import IO, Any

from imaging.out.coco import annotations, category, picture
from imaging.out.frames import Stack
from imaging.out.labels import Drawing

from .case_files import REFERENCE, Laid
from .index import Files

Json = dict[str, Any]


class _Lines:
    """Members of a JSON list, in a temporary file."""

    def __init__(self, until: ExitStack) -> None:
        self._file: IO[bytes] = until.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
        self.count = 0

    def add(self, entry: Json) -> None:
        self._file.write((b",\n" if self.count else b"\n") + _json(entry))
        self.count += 1

    def pieces(self, name: str) -> Iterator[bytes]:
        self._file.seek(0)
        yield f'"{name}": ['.encode()
        while piece := self._file.read(1 << 20):
            yield piece
        yield b"]"


class _Set:
    """The annotations of one set, and what was said of its cases."""

    def __init__(self, until: ExitStack) -> None:
        self.annotations, self.cases = _Lines(until), _Lines(until)


class Coco:
    """Takes cases one after another, and writes all files at the end."""

    def __init__(self, info: Json, until: ExitStack) -> None:
        self._info, self._images, self._until = info, _Lines(until), until
        self._sets: dict[str, _Set] = {REFERENCE: _Set(until)}
        self._categories: dict[str, Json] = {}
        self._numbers: dict[tuple[str, int], int] = {}

    def begin(self, case: str, current: Iterable[Stack]) -> None:
        """The next case; its single pictures are listed whether or not somebody marked them."""
        self._case, self._numbers = case, {}
        for stack in current:
            if len(stack.frames) == 1:
                self._image(stack, 0)

    def add(self, name: str, about: Json, laid: Iterable[Laid], said: Json) -> None:
        """A version of the case in a set: `about` goes with each annotation, `said` is of the case as a whole."""
        if name not in self._sets:
            self._sets[name] = _Set(self._until)
        into = self._sets[name]
        into.cases.add({"case": self._case, **about, **said})
        for one in laid:
            kind = self._category(one.drawing)
            for index, entry in annotations(one.drawing, one.where, one.runs):
                ids = {"image_id": self._image(one.where.stack, index), "category_id": kind}
                into.annotations.add({"id": into.annotations.count + 1, **ids, **entry, "of": about})

    def write(self, files: Files) -> None:
        """Write every set."""
        for name in sorted(self._sets):
            files.stream(f"coco/{name}.json", self._document(name), {"kind": "coco", "set": name})

    def _document(self, name: str) -> Iterator[bytes]:
        told = self._sets[name]
        yield b'{"info": ' + _json({**self._info, "description": f"Consilium: {name}"}) + b",\n"
        yield from self._images.pieces("images")
        yield b",\n"
        yield from told.annotations.pieces("annotations")
        yield b",\n"
        yield from told.cases.pieces("cases")
        yield b',\n"licenses": [],\n"categories": ' + _json(list(self._categories.values())) + b"}\n"

    def _image(self, stack: Stack, index: int) -> int:
        key = (stack.series, index)
        if key not in self._numbers:
            self._numbers[key] = self._images.count + 1
            self._images.add(picture(stack.frames[index], stack, self._numbers[key], self._case))
        return self._numbers[key]

    def _category(self, drawing: Drawing) -> int:
        told = category(drawing, len(self._categories) + 1)
        key = json.dumps({**told, "id": 0}, sort_keys=True)
        return int(self._categories.setdefault(key, told)["id"])


def _json(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False).encode()
