"""Signed notes and checkpoints against the published notes, RFC 8032 keys and every kind of damage."""

import base64
import contextlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from audit.merkle import EMPTY_ROOT, leaf_hash
from audit.notes import (
    Checkpoint,
    NoteError,
    open_checkpoint,
    parse_checkpoint,
    parse_vkey,
    sign,
    signature_line,
    split,
    verify,
    vkey,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "audit.json").read_text(encoding="utf-8"))
PUBLISHED = VECTORS["signed_note"]

ORIGIN = "labels.example/p/5f2d2c1e-3b7a-4a39-9c8f-0d3a6b1f2e4d/e1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NEW_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
VKEY = vkey(ORIGIN, KEY.public_key())
NEW_VKEY = vkey(ORIGIN, NEW_KEY.public_key())
CHECKPOINT = Checkpoint(ORIGIN, 23, leaf_hash(b"root"))
NOTE = sign(CHECKPOINT.text(), ORIGIN, KEY)


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["vkey"].split("+")[0])
def test_published_notes_verify_as_text_and_as_bytes(case):
    name = case["vkey"].split("+")[0]
    assert verify(case["note"], [case["vkey"]]) == [name]
    assert verify(case["note"].encode(), [case["vkey"]]) == [name]
    assert verify(case["note"], [other["vkey"] for other in PUBLISHED if other is not case]) == []


@pytest.mark.parametrize("case", PUBLISHED, ids=lambda case: case["vkey"].split("+")[0])
def test_published_keys_are_written_as_they_were_read(case):
    key = parse_vkey(case["vkey"])
    assert vkey(key.name, key.public_key) == case["vkey"]


@pytest.mark.parametrize("case", VECTORS["ed25519_rfc8032"], ids=lambda case: case["msg"] or "empty")
def test_published_ed25519_signatures_hold_and_altered_ones_do_not(case):
    public_key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(case["pk"]))
    key = parse_vkey(vkey("rfc8032", public_key))
    message, signature = bytes.fromhex(case["msg"]), bytes.fromhex(case["sig"])
    assert key.holds(message, signature)
    assert not key.holds(message + b"x", signature)
    assert not key.holds(message, signature[:-1] + bytes([signature[-1] ^ 1]))
    assert not key.holds(message, signature[:-1])


def test_what_is_signed_verifies_and_reads_back():
    assert verify(NOTE, [VKEY]) == [ORIGIN]
    assert split(NOTE)[0] == CHECKPOINT.text()
    assert open_checkpoint(NOTE, [VKEY]) == CHECKPOINT


def test_a_text_may_hold_empty_lines():
    text = "Ognuno sta solo\n\ned è subito sera.\n\n"
    note = sign(text, ORIGIN, KEY)
    assert split(note)[0] == text
    assert verify(note, [VKEY]) == [ORIGIN]


def test_any_change_of_the_text_or_the_signature_is_noticed():
    for place, letter in enumerate(NOTE):
        changed = NOTE[:place] + ("A" if letter != "A" else "B") + NOTE[place + 1 :]
        with contextlib.suppress(NoteError):
            assert verify(changed, [VKEY]) == [], f"at {place}"


def test_lines_of_unknown_keys_are_ignored():
    stranger = "— stranger.example " + base64.b64encode(bytes(80)).decode() + "\n"
    same_name = f"— {ORIGIN} " + base64.b64encode(bytes(80)).decode() + "\n"
    assert verify(NOTE + stranger + same_name, [VKEY]) == [ORIGIN]


def test_a_line_of_a_known_key_that_fails_takes_its_name_away():
    bad = signature_line("another text\n", ORIGIN, KEY)
    assert verify(NOTE + bad, [VKEY]) == []
    assert verify(f"{CHECKPOINT.text()}\n{bad}", [VKEY]) == []


def test_both_keys_of_a_rotation_sign_one_note():
    note = NOTE + signature_line(CHECKPOINT.text(), ORIGIN, NEW_KEY)
    for keys in ([VKEY], [NEW_VKEY], [VKEY, NEW_VKEY]):
        assert verify(note, keys) == [ORIGIN]


@pytest.mark.parametrize(
    "note",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n— name AAAAAAA=\n",
        NOTE[:-1],
        NOTE + "\n",
        NOTE.replace("— ", "- "),
        NOTE.replace("— ", "—  "),
        NOTE.replace("\n", "\r\n"),
        NOTE.replace("23", "2\t3"),
        NOTE.replace("==\n", "\n").replace("=\n", "\n"),
        NOTE + "— name+plus AAAAAAA=\n",
        NOTE + "— no\u00a0break AAAAAAA=\n",
        NOTE + "— short AAAAAA==\n",
        NOTE + "— stray AAAAAAB=\n",
        NOTE + "— odd AAAA*AAA\n",
        NOTE.encode() + b"\xff\n",
        "a\ud800\n\n— name AAAAAAA=\n",
        "a" * 1_000_001 + "\n\n— name AAAAAAA=\n",
        "text\n\n" + "— name AAAAAAA=\n" * 101,
    ],
)
def test_a_malformed_note_is_refused(note):
    with pytest.raises(NoteError):
        verify(note, [VKEY])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        VKEY.replace("+", "-", 1),
        VKEY.replace(ORIGIN, "other.example"),
        VKEY[:-4],
        VKEY + "\n",
        "a name" + VKEY[len(ORIGIN) :],
        "name+00000000+" + base64.b64encode(b"\x04" + bytes(32)).decode(),
        "name+00000000+" + base64.b64encode(b"\x01" + bytes(32)).decode(),
        "name+00000000+not base64",
    ],
)
def test_a_malformed_key_is_refused(text):
    with pytest.raises(NoteError):
        parse_vkey(text)
    with pytest.raises(NoteError):
        verify(NOTE, [text])


@pytest.mark.parametrize(
    ("text", "name"), [("no newline", "n"), ("tab\t\n", "n"), ("t\n", ""), ("t\n", "a b")]
)
def test_what_can_be_no_note_is_not_signed(text, name):
    with pytest.raises(NoteError):
        sign(text, name, KEY)


def test_a_checkpoint_is_exactly_three_lines():
    root = base64.b64encode(CHECKPOINT.root).decode()
    assert CHECKPOINT.text() == f"{ORIGIN}\n23\n{root}\n"
    assert parse_checkpoint(CHECKPOINT.text()) == CHECKPOINT
    assert parse_checkpoint(CHECKPOINT.text().encode()) == CHECKPOINT
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert parse_checkpoint(empty.text()) == empty


@pytest.mark.parametrize("size", ["", "-1", "+1", "01", "00", "1.0", "1e3", " 1", "1_0", "٣", str(2**63)])
def test_a_checkpoint_with_another_spelling_of_its_size_is_refused(size):
    with pytest.raises(NoteError):
        parse_checkpoint(CHECKPOINT.text().replace("\n23\n", f"\n{size}\n"))


@pytest.mark.parametrize(
    "text",
    [
        CHECKPOINT.text()[:-1],
        CHECKPOINT.text() + "\n",
        CHECKPOINT.text() + "extension\n",
        CHECKPOINT.text().replace("=", ""),
        CHECKPOINT.text().replace("\n23\n", "\n0\n"),
        CHECKPOINT.text().replace(ORIGIN, ""),
        CHECKPOINT.text().replace(ORIGIN, "an origin"),
        f"{ORIGIN}\n1\n{base64.b64encode(bytes(31)).decode()}\n",
        NOTE,
    ],
)
def test_a_checkpoint_of_another_shape_is_refused(text):
    with pytest.raises(NoteError):
        parse_checkpoint(text)


def test_a_checkpoint_opens_only_with_a_key_of_its_own_log():
    other = "other.example"
    foreign = sign(CHECKPOINT.text(), other, KEY)
    for note, key in [(NOTE, NEW_VKEY), (foreign, vkey(other, KEY.public_key())), (foreign, VKEY)]:
        with pytest.raises(NoteError, match="no given key"):
            open_checkpoint(note, [key])
