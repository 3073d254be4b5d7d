"""Finds lines of written characters in a picture: small, thin, sharp shapes of one height and brightness, in a row.

Pictures are uint8, rows by columns, 0..255. Boxes are int arrays (n, 4) of first row, first column, row and column
after the last. Numpy only.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Boxes = NDArray[np.int64]

THICKEST: Final = 9  # pixels; a stroke is thinner, an organ is not
CONTRAST: Final = 48  # against what is behind the stroke: about a fifth of the picture's range
HEIGHTS: Final = (5, 48)  # pixels of a character
LARGEST: Final = 4  # the picture is looked at whole, halved, and halved again
SMALLEST: Final = 32  # pixels of a side
ALIKE: Final = 26  # a tenth of the range: writing is of one brightness
FEWEST: Final = 4  # characters in a line: fewer are found in noise too


def lines_of(grey: Grey) -> list[Boxes]:
    """The lines found in a picture (rows, columns), as the boxes of their characters; large ones if no small ones."""
    found: list[Boxes] = []
    scale = 1
    while not found and scale <= LARGEST and min(grey.shape) >= SMALLEST:
        for picture in (grey, 255 - grey):
            strokes = picture - _opened(picture)
            boxes, shades = _components(strokes > CONTRAST, picture)
            found += [line * scale for line in _rows(boxes, shades)]
        grey, scale = _halved(grey), scale * 2
    return found


def _halved(picture: Grey) -> Grey:
    rows, columns = picture.shape[0] // 2, picture.shape[1] // 2
    blocks = picture[: rows * 2, : columns * 2].reshape(rows, 2, columns, 2)
    halved: Grey = blocks.mean((1, 3)).astype(np.uint8)
    return halved


def _opened(picture: Grey) -> Grey:
    """The picture without bright shapes thinner than THICKEST."""
    return _slide(_slide(picture, np.minimum), np.maximum)


def _slide(picture: Grey, choose: np.ufunc) -> Grey:
    """The least or greatest of THICKEST by THICKEST pixels around each."""
    half = THICKEST // 2
    for _axis in (0, 1):
        picture = np.pad(picture, ((half, half), (0, 0)), mode="edge")
        for step in (1, 2, 4, 1):  # 2, 4, 8, 9 rows at once
            picture = choose(picture[:-step], picture[step:])
        picture = np.ascontiguousarray(picture.T)
    return picture


def _components(mask: NDArray[np.bool_], picture: Grey) -> tuple[Boxes, Boxes]:
    """Boxes and brightest values of connected shapes, of the size of characters only."""
    rows, starts, ends = _runs(mask)
    labels = _joined(rows, starts, ends, mask.shape[1])
    names, index = np.unique(labels, return_inverse=True)
    boxes = np.empty((len(names), 4), np.int64)
    boxes[:, :2], boxes[:, 2:] = max(mask.shape), 0
    area = np.bincount(index, ends - starts, len(names))
    np.minimum.at(boxes[:, 0], index, rows)
    np.minimum.at(boxes[:, 1], index, starts)
    np.maximum.at(boxes[:, 2], index, rows + 1)
    np.maximum.at(boxes[:, 3], index, ends)
    shades = np.zeros(len(names), np.int64)
    np.maximum.at(shades, index, picture[rows, (starts + ends) // 2])
    height, width = boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]
    like = (
        (height >= HEIGHTS[0])
        & (height <= HEIGHTS[1])
        & (width <= 1.6 * height)
        & (area < 0.95 * height * width)
    )
    like |= (height >= HEIGHTS[0]) & (height <= HEIGHTS[1]) & (width <= height / 3)  # I, l, 1
    return boxes[like], shades[like]


def _runs(mask: NDArray[np.bool_]) -> tuple[Boxes, Boxes, Boxes]:
    """Row, first column and column after the last of each run of True, in reading order."""
    edges = np.diff(np.pad(mask.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    return rows, starts, np.nonzero(edges == -1)[1]


def _joined(rows: Boxes, starts: Boxes, ends: Boxes, columns: int) -> Boxes:
    """One label for runs that touch, by a side or a corner."""
    row = columns + 2
    first = np.searchsorted(rows * row + ends, (rows + 1) * row + starts)
    after = np.searchsorted(rows * row + starts, (rows + 1) * row + ends, side="right")
    count = np.maximum(after - first, 0)
    above = np.repeat(np.arange(len(rows)), count)
    below = np.arange(len(above)) - np.repeat(np.cumsum(count) - count, count) + np.repeat(first, count)
    labels = np.arange(len(rows))
    while True:
        least = np.minimum(labels[above], labels[below])
        before = labels.copy()
        np.minimum.at(labels, above, least)
        np.minimum.at(labels, below, least)
        labels = labels[labels]
        if (labels == before).all():
            return labels


def _rows(boxes: Boxes, shades: Boxes) -> list[Boxes]:
    """Lines of at least FEWEST characters: each next to the one before, as high, as bright, on one base."""
    order = np.argsort(boxes[:, 1], kind="stable")
    boxes, shades = boxes[order], shades[order]
    free, lines = np.ones(len(boxes), bool), []
    for index in range(len(boxes)):
        if free[index]:
            line = _line_from(index, boxes, shades, free)
            if len(line) >= FEWEST:
                free[line] = False
                lines.append(boxes[line])
    return lines


def _line_from(index: int, boxes: Boxes, shades: Boxes, free: NDArray[np.bool_]) -> list[int]:
    line = [index]
    while True:
        last, height = boxes[line[-1]], boxes[index][2] - boxes[index][0]
        upto = np.searchsorted(boxes[:, 1], last[3] + 1.2 * height, side="right")
        near = slice(line[-1] + 1, upto)
        one = boxes[near]
        fits = (
            free[near]
            & (one[:, 1] >= last[3] - 1)
            & (np.abs(one[:, 2] - last[2]) <= max(1, height // 8))
            & (np.abs(one[:, 2] - one[:, 0] - height) <= max(1, height // 4))
            & (np.abs(shades[near] - shades[index]) <= ALIKE)
        )
        if not fits.any():
            return line
        line.append(line[-1] + 1 + int(np.argmax(fits)))
