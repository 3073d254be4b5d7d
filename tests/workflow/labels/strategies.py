"""Random marks, reads and JSON."""

from typing import Any

from hypothesis import strategies as st

from tests.workflow.labels.examples import BOX_3D, DRAWN

Mark = dict[str, Any]
BOUND = 10_000_000_000
NOT_ASSESSABLE = st.just({"not_assessable": True})

coordinates = st.one_of(st.integers(0, 50_000), st.integers(0, BOUND))
places = st.fixed_dictionaries(
    {}, optional={"series": st.just("1.2"), "sop": st.just("1.2.3"), "frame": st.integers(1, 2)}
)


def points() -> st.SearchStrategy[list[int]]:
    return st.lists(coordinates, min_size=2, max_size=2)


@st.composite
def boxes(draw: st.DrawFn, slices: bool = False) -> Mark:
    x = sorted(draw(st.sets(coordinates, min_size=2, max_size=2)))
    y = sorted(draw(st.sets(coordinates, min_size=2, max_size=2)))
    on = draw(places)
    if slices:
        on["slices"] = sorted(draw(st.lists(st.integers(0, 9), min_size=2, max_size=2)))
    return {"kind": "box", "on": on, "min": [x[0], y[0]], "max": [x[1], y[1]]}


@st.composite
def polygons(draw: st.DrawFn) -> Mark:
    """Outlines with one point above each place of a base line: they never cross themselves."""
    x = sorted(draw(st.sets(coordinates, min_size=2, max_size=12)))
    heights = [draw(st.integers(1001, 60_000)) for _ in x]
    top = [[one, height] for one, height in zip(x, heights, strict=True)]
    return {"kind": "polygon", "on": draw(places), "points": [*top, [x[-1], 1000], [x[0], 1000]]}


@st.composite
def masks(draw: st.DrawFn) -> Mark:
    slices = []
    for number in sorted(draw(st.sets(st.integers(0, 3), min_size=1, max_size=3))):
        edges = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=10)))
        pairs = zip(edges[::2], edges[1::2], strict=False)
        slices.append({"slice": number, "runs": [n for start, end in pairs for n in (start, end - start)]})
    return {"kind": "mask", "on": {}, "rows": 6, "columns": 10, "slices": slices}


def spans() -> st.SearchStrategy[Mark]:
    frames = st.lists(st.integers(1, 10_000), min_size=2, max_size=2).map(sorted)
    return frames.map(lambda pair: {"kind": "span", "on": {}, "frames": pair})


decimals = st.integers(0, 1205).map(
    lambda tenths: f"{tenths // 10}.{tenths % 10}" if tenths % 10 else f"{tenths // 10}"
)
texts = st.text(st.characters(exclude_categories=("C",)), min_size=1, max_size=20).filter(str.strip)


@st.composite
def answers(draw: st.DrawFn) -> dict[str, Any]:
    contrast = draw(st.booleans())
    signs = st.lists(st.sampled_from(["edema", "effusion", "fracture"]), unique=True, max_size=2)
    required = {
        "quality": st.sampled_from(["solid", "part_solid", 3]),
        "grade": st.integers(1, 5) | NOT_ASSESSABLE,
        "contrast": st.just(contrast),
        "signs": signs,
    }
    optional = {key: st.just(mark) for key, mark in DRAWN.items()} | {
        "remark": texts,
        "carina": NOT_ASSESSABLE,
        "region": boxes(),
        "lobe": polygons(),
        "lung": masks(),
        "beat": spans(),
    }
    delay = {"delay": decimals} if contrast else {}
    return draw(st.fixed_dictionaries(required | delay, optional=optional))


@st.composite
def findings(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Nodules side by side, and landmarks at different places."""
    found: list[dict[str, Any]] = []
    for i in range(draw(st.integers(0, 4))):
        mark = {"kind": "point", "on": {}, "at": [i, draw(coordinates)]}
        if draw(st.booleans()):
            mark = {**BOX_3D, "min": [9000 * i, 0], "max": [9000 * i + draw(st.integers(1, 8999)), 9]}
            grade = draw(st.integers(1, 5))
            pattern = {"pattern": "solid"} if grade != 5 and draw(st.booleans()) else {}
            nodule = {"type": "nodule", "mark": mark, "fields": {"calcification": grade, **pattern}}
            found.append({"id": f"f{i}", **nodule})
        else:
            found.append({"id": f"f{i}", "type": "landmark", "mark": mark})
    return draw(st.permutations(found))


def reads() -> st.SearchStrategy[dict[str, Any]]:
    """Reads that fit the example schema, not all in normal form."""
    return st.fixed_dictionaries(
        {"schema": st.just("consilium/read/v1"), "fields": answers()},
        optional={
            "findings": findings(),
            "confidence": st.sampled_from(["low", "normal", "high"]),
            "flags": st.lists(texts, unique=True, max_size=3),
        },
    )


def anything() -> st.SearchStrategy[Any]:
    """Any Python value that a careless parser could hand over, mostly JSON."""
    words = ["schema", "fields", "findings", "id", "type", "mark", "kind", "on", "points", "runs", "nodule"]
    kinds = ["box", "polygon", "mask", "not_assessable", "is", "when", "categories", "consilium/read/v1"]
    names = st.sampled_from([*words, *kinds, *DRAWN]) | st.text(max_size=5)
    scalars = st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), names, st.just("\ud800"), st.binary()
    )
    return st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(names, inner, max_size=5),
        max_leaves=20,
    )


@st.composite
def spoiled(draw: st.DrawFn, document: Any) -> Any:
    """The document with one part, anywhere in it, taken away or replaced by anything."""
    if not isinstance(document, dict | list) or not document or draw(st.integers(0, 4)) == 0:
        return draw(anything())
    keys = list(document) if isinstance(document, dict) else list(range(len(document)))
    chosen = draw(st.sampled_from(keys))
    copied: Any = document.copy()
    if draw(st.integers(0, 9)) == 0:
        del copied[chosen]
    else:
        copied[chosen] = draw(spoiled(document[chosen]))
    return copied
