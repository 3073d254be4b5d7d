"""The verifier's own parts against published vectors, and against the service's, which it shares no code with."""

import ast
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from audit import envelope, verify
from audit.actions import REASON_REQUIRED, Action
from audit.canonical import MAX_DEPTH, MAX_INT, CanonicalError, canonical, parse
from audit.merkle import Frontier, inclusion_proof
from audit.merkle import root as merkle_root
from tests.audit.test_envelope import EVENT

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "audit.json").read_text(encoding="utf-8"))
SOURCE = Path(verify.__file__)
NEWER_THAN_3_9 = {"pairwise", "UTC", "StrEnum", "batched", "bit_count", "removeprefix_", "ExceptionGroup"}


@pytest.fixture(params=["library", "pure Python"])
def arithmetic(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways in which a signature is verified."""
    if request.param == "pure Python":
        monkeypatch.setattr(verify, "_library", lambda: None)
    else:
        assert verify._library() is not None


@pytest.mark.usefixtures("arithmetic")
@pytest.mark.parametrize("case", VECTORS["ed25519_rfc8032"], ids=lambda case: case["pk"][:8])
def test_published_signatures_hold_and_altered_ones_do_not(case: dict[str, str]) -> None:
    public, message, signature = (bytes.fromhex(case[name]) for name in ("pk", "msg", "sig"))
    assert verify.ed25519_holds(public, message, signature)
    assert not verify.ed25519_holds(public, message + b"x", signature)
    for place in (0, 31, 32, 63):
        altered = bytearray(signature)
        altered[place] ^= 1
        assert not verify.ed25519_holds(public, message, bytes(altered))


@pytest.mark.usefixtures("arithmetic")
def test_a_signature_has_one_spelling() -> None:
    private = Ed25519PrivateKey.generate()
    public, signature = private.public_key().public_bytes_raw(), private.sign(b"x")
    assert verify.ed25519_holds(public, b"x", signature)
    s = int.from_bytes(signature[32:], "little") + verify._L
    assert not verify.ed25519_holds(public, b"x", signature[:32] + s.to_bytes(32, "little"))
    for data in (verify._P, verify._P + 1, 2**255 - 1, 1 | 1 << 255, 2):  # beyond p, -0, no point
        point = data.to_bytes(32, "little")
        assert not verify.ed25519_holds(point, b"x", signature)
        assert not verify.ed25519_holds(public, b"x", point + signature[32:])
    for short in (b"", public[:-1], public + b"\0"):
        assert not verify.ed25519_holds(short, b"x", signature)
        assert not verify.ed25519_holds(public, b"x", signature[:32] + short[:31])


@given(message=st.binary(max_size=100), seed=st.binary(min_size=32, max_size=32))
@settings(max_examples=20, deadline=None)
def test_pure_python_agrees_with_the_library(message: bytes, seed: bytes) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "_library", lambda: None)
        assert verify.ed25519_holds(private.public_key().public_bytes_raw(), message, private.sign(message))


@pytest.mark.parametrize("case", VECTORS["signed_note"], ids=lambda case: case["vkey"][:12])
def test_published_keys_and_notes_are_read(case: dict[str, str]) -> None:
    key = verify.parse_vkey(case["vkey"])
    assert key.vkey() == case["vkey"]
    text, _, line = case["note"].rpartition("\n\n")
    signature = verify._unbase64(line.strip().split(" ")[2])
    assert signature[:4] == key.key_id
    assert verify.ed25519_holds(key.public, f"{text}\n".encode(), signature[4:])


@pytest.mark.parametrize(
    "text",
    ["", "a", "a+00000000+AA==", "a+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", "a b+1+2"],
)
def test_a_malformed_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"key|base64"):
        verify.parse_vkey(text)


CHECKPOINT = "a.example/p/1/e1\n5\n" + "A" * 43 + "=\n\n— a.example/p/1/e1 AAAAAAA=\n"


def test_a_checkpoint_is_read_in_its_one_spelling() -> None:
    head = verify.parse_checkpoint(CHECKPOINT.encode())
    assert (head.origin, head.size, head.root) == ("a.example/p/1/e1", 5, bytes(32))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n5\n", "\n05\n"),
        ("\n5\n", "\n5 \n"),
        ("\n5\n", "\n+5\n"),
        ("\n\n", "\n"),
        ("\n\n", "\n\n\n"),
        ("A=", "B="),
        ("— ", "- "),
        ("AA=\n", "AA="),
        ("AAAAAAA=", "AAAA"),
        ("e1\n5", "e 1\n5"),
        ("\n5", "\nextra\n5"),
        ("\n5", "\r\n5"),
        ("=\n\n", "=\nextension\n\n"),
        ("A" * 43, "A" * 39),
        ("\n5\n", "\n٥\n"),
    ],
)
def test_any_other_spelling_of_a_checkpoint_is_refused(old: str, new: str) -> None:
    assert old in CHECKPOINT
    with pytest.raises(ValueError, match=r".+"):
        verify.parse_checkpoint(CHECKPOINT.replace(old, new, 1).encode())


def test_the_tree_gives_the_published_hashes_and_roots() -> None:
    hasher, tree = VECTORS["rfc6962_hasher"], verify.Tree()
    assert tree.root().hex() == hasher["empty_root"]
    assert verify.leaf_hash(b"L123456").hex() == hasher["leaf_of_ascii_L123456"]
    assert verify.node_hash(b"N123", b"N456").hex() == hasher["node_of_ascii_N123_N456"]
    for row in VECTORS["rfc6962_reference_8"]:
        tree.append(verify.leaf_hash(bytes.fromhex(row["leaf_hex"])))
        assert tree.root().hex() == row["root_of_first_n_hex"]


@pytest.mark.parametrize(
    "case", VECTORS["rfc6962_inclusion"], ids=lambda case: f"{case['index']} of {case['size']}"
)
def test_published_inclusion_proofs_are_verified(case: dict[str, Any]) -> None:
    leaves = [bytes.fromhex(row["leaf_hash_hex"]) for row in VECTORS["rfc6962_reference_8"]]
    proof, root = [bytes.fromhex(step) for step in case["proof"]], bytes.fromhex(case["root"])
    assert verify.included(leaves[case["index"]], case["index"], case["size"], proof, root)
    assert not verify.included(leaves[case["index"]], case["index"] + 1, case["size"], proof, root)
    assert not verify.included(leaves[case["index"]], case["index"], case["size"], [*proof, root], root)


def test_tree_and_proofs_agree_with_those_of_the_service() -> None:
    hashes = [verify.leaf_hash(b"%d" % number) for number in range(40)]
    tree, frontier = verify.Tree(), Frontier()
    for size, leaf in enumerate(hashes, start=1):
        tree.append(leaf)
        frontier.append(leaf)
        assert tree.root() == frontier.root() == merkle_root(hashes[:size])
        for index in (0, size // 2, size - 1):
            assert verify.included(
                hashes[index], index, size, inclusion_proof(hashes[:size], index), tree.root()
            )


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
KEYS = st.text(st.characters(min_codepoint=1, max_codepoint=126), max_size=8)
PLAIN = st.none() | st.booleans() | st.integers(-MAX_INT, MAX_INT) | TEXT
VALUES = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4)
)


@given(value=VALUES)
def test_canonical_bytes_are_those_of_an_independent_implementation(value: object) -> None:
    data = verify.canonical(value)
    assert data == canonical(value) == rfc8785.dumps(value)
    assert data == verify.spelled(value).encode()
    assert verify.parsed(data) == value


@given(data=VALUES.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=40))
def test_what_is_canonical_is_what_the_service_takes_for_it(data: bytes) -> None:
    assert _reading(verify.parsed, data) == _reading(parse, data)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a":1,"a":1}',
        b"1.0",
        b"1e2",
        b"NaN",
        b"-0",
        b"9007199254740992",
        b"9" * 5000,
        b'"\\ud800"',
        b"\xff",
        b'{"\xc3\xa4":1}',
        b"[" * 300 + b"]" * 300,
        b"[" * 100_000,
        b'{"b":1,"a":1}',
        b"[1, 2]",
        b'"\\u0041"',
        b"",
    ],
)
def test_bytes_that_are_not_canonical_are_refused_as_the_service_refuses_them(data: bytes) -> None:
    assert _reading(verify.parsed, data) == _reading(parse, data) == "refused"


def _reading(how: Callable[[bytes], Any], data: bytes) -> Any:
    try:
        return how(data)
    except (ValueError, CanonicalError):
        return "refused"


def _nested(depth: int, text: str) -> bytes:
    """An object so many levels deep that every level holds the text as well, and more brackets than levels."""
    value: Any = {"t": text}
    for _ in range(depth - 1):
        value = {"a": value, "b": [], "t": text}
    return canonical(value) if depth <= MAX_DEPTH else verify.canonical(value)


@pytest.mark.parametrize("text", ["", "}", "]]", '"}', "\\", '{"', '"}}', "}{", "ä"])
def test_brackets_in_texts_never_hide_how_deep_a_value_is(text: str) -> None:
    for depth in (150, MAX_DEPTH):
        assert verify.parsed(_nested(depth, text)) == parse(_nested(depth, text))
    for depth in (MAX_DEPTH + 1, MAX_DEPTH + 50, 2 * MAX_DEPTH):
        with pytest.raises(ValueError, match="parse"):
            verify.parsed(_nested(depth, text))
        with pytest.raises(CanonicalError):
            parse(_nested(depth, text))


@pytest.mark.parametrize(
    "number", [MAX_INT, -MAX_INT, 10**15, MAX_INT + 1, -MAX_INT - 1, 10**16, 1.5, 1e300, -1e-9]
)
@pytest.mark.parametrize("value", ['{"a":%s}', '{"a":[%s]}', '{"a":[1,%s]}', '{"a":{"b":"1.%s","c":%s}}'])
def test_a_number_is_read_within_the_limit_wherever_it_stands(number: float, value: str) -> None:
    data = value.replace("%s", repr(number)).encode()
    assert _reading(verify.parsed, data) == _reading(parse, data)
    assert (_reading(parse, data) == "refused") == (abs(number) > MAX_INT or isinstance(number, float))


def test_the_catalogue_of_actions_is_that_of_the_service() -> None:
    assert {action.value for action in Action} == verify.ACTIONS
    assert {action.value for action in REASON_REQUIRED} == verify.REASON_REQUIRED


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _paths(member, (*path, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from _paths(member, (*path, index))


DIGEST = "sha256:" + "a" * 64
ODD = st.sampled_from(
    [
        None,
        True,
        0,
        1,
        -1,
        MAX_INT,
        MAX_INT + 1,
        1.5,
        "",
        "x",
        "x" * 512,
        "x" * 513,
        "é" * 512,
        '"',
        "\\",
        "\n",
        "\x01",
        "\0",
        "😂" * 512,
        '"' * 513,
        DIGEST,
        DIGEST.upper(),
        DIGEST + "\n",
        "act_" + "0" * 32,
        "2026-01-01T00:00:00.000000Z",
        "2026-13-01T00:00:00.000000Z",
        "read.submitted",
        "read.revised",
        "case.forgotten",
        "text/plain; charset=utf-8",
        "+02:00",
        [],
        {},
        [{}],
        {"a": 1},
        {"a": {"b": [1, "\\u0000"]}},
        {"ä": 1},
        {"a": "\0"},
        {"guideline": None},
        {"x": ',"guideline":null,"inputs":[]'},
        [{"role": "b", "digest": DIGEST}, {"role": "a", "digest": DIGEST}],
        [{"role": "a", "digest": DIGEST}] * 2,
        {"code": "x", "text": None},
        {"from": None, "to": "intake"},
        {"digest": DIGEST, "media_type": "text/plain", "size": 0},
        {"id": "x", "version": "1", "digest": DIGEST},
    ]
)


@given(
    changes=st.lists(
        st.tuples(st.sampled_from(sorted(_paths(EVENT), key=str)), ODD, st.booleans()), max_size=3
    )
)
@settings(max_examples=200, deadline=None)
def test_the_form_of_an_event_is_that_of_its_schema(changes: list[tuple[tuple[Any, ...], Any, bool]]) -> None:
    event = json.loads(json.dumps(EVENT))
    for path, odd, away in changes:
        _change(event, path, odd, away)
    assert _accepts(event) == _is_valid(event)


def _change(event: Any, path: tuple[Any, ...], odd: Any, away: bool) -> None:
    for step in path[:-1]:
        if not isinstance(event, dict | list) or step not in (
            event if isinstance(event, dict) else range(len(event))
        ):
            return
        event = event[step]
    if path and isinstance(event, dict):
        event[path[-1]] = odd
        if away:
            del event[path[-1]]


def _is_valid(event: Any) -> bool:
    try:
        envelope.check(event)
    except envelope.EnvelopeError:
        return False
    return True


def _accepts(event: Any) -> bool:
    """What the verifier makes of the event's bytes, whatever they are."""
    line = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    run = verify.Run(None)
    verify.v7_form(run)
    for _, hook in run.on_line.pairs:
        hook(0, line, line.decode(), verify.read_event(0, "", line.decode()))
    return not run.faults


def test_numbers_have_an_exact_limit() -> None:
    for limit in (MAX_INT, 99, 100, 4096, 12):
        form = verify.re.compile(verify._up_to(limit))
        near = {0, 1, 9, 10, limit // 2, limit - 1, limit, limit + 1, limit * 2, limit * 10}
        assert {n for n in near if form.fullmatch(str(n))} == {n for n in near if n <= limit}
        assert not form.fullmatch("01")


def test_many_records_are_sorted_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "AT_ONCE", 500)
    records = verify.Sorted()
    for number in range(100):
        records.add(b"%d" % (number * 37 % 100))
    assert list(records) == sorted(b"%d" % number for number in range(100))


def test_it_is_python_3_9_and_imports_nothing_but_the_standard_library() -> None:
    tree = ast.parse(SOURCE.read_text("utf-8"), feature_version=(3, 9))
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    modules |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in modules if name.split(".")[0] not in sys.stdlib_module_names} == {
        "cryptography.exceptions",
        "cryptography.hazmat.primitives.asymmetric.ed25519",
    }
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not names & NEWER_THAN_3_9
    assert not any(isinstance(node, ast.Match) for node in ast.walk(tree))


def test_what_a_stranger_wrote_is_printed_without_what_a_terminal_would_act_on() -> None:
    assert verify.shown("a\x1b[2Jb\n\u202ec") == "a?[2Jb??c"
    assert len(verify.shown("x" * 1000)) == 121
