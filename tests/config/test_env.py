"""Settings from the environment: good values are taken, bad ones refused by a sentence with the name."""

from pathlib import Path

import pytest

from config.env import SettingsError, env_bool, env_int, env_list, env_secret, env_str


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("THING", "THING_FILE"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("word", "value"), [("1", True), ("Yes", True), ("on", True), ("0", False), ("FALSE", False)]
)
def test_yes_and_no_have_several_words(given: pytest.MonkeyPatch, word: str, value: bool) -> None:
    given.setenv("THING", word)
    assert env_bool("THING", not value) is value


def test_an_unknown_word_for_yes_is_refused(given: pytest.MonkeyPatch) -> None:
    given.setenv("THING", "maybe")
    with pytest.raises(SettingsError, match=r"^THING must be 1 or 0 .*'maybe'\.$"):
        env_bool("THING", True)


@pytest.mark.parametrize("empty", [None, "", "  "])
def test_missing_and_blank_mean_the_default(given: pytest.MonkeyPatch, empty: str | None) -> None:
    if empty is not None:
        given.setenv("THING", empty)
    assert env_str("THING", "other") == "other"
    assert env_bool("THING", True) is True
    assert env_int("THING", 7) == 7
    assert env_list("THING", ["a"]) == ["a"]
    assert env_secret("THING", "hidden") == "hidden"


@pytest.mark.parametrize("text", ["1.5", "ten", "0x10"])
def test_a_number_must_be_whole(given: pytest.MonkeyPatch, text: str) -> None:
    given.setenv("THING", text)
    with pytest.raises(SettingsError, match=r"^THING must be a whole number"):
        env_int("THING", 1)


@pytest.mark.parametrize(("number", "sentence"), [("0", "1 or more"), ("65536", "65535 or less")])
def test_a_number_must_lie_in_its_range(given: pytest.MonkeyPatch, number: str, sentence: str) -> None:
    given.setenv("THING", number)
    with pytest.raises(SettingsError, match=sentence):
        env_int("THING", 8000, least=1, most=65535)


def test_a_list_is_split_at_commas(given: pytest.MonkeyPatch) -> None:
    given.setenv("THING", "a.example, b.example")
    assert env_list("THING", []) == ["a.example", "b.example"]


def test_a_list_has_no_empty_items(given: pytest.MonkeyPatch) -> None:
    given.setenv("THING", "a,,b")
    with pytest.raises(SettingsError, match="without empty items"):
        env_list("THING", [])


def test_a_secret_may_lie_in_a_file(given: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_text("from the file\n", encoding="utf-8")
    given.setenv("THING_FILE", str(path))
    assert env_secret("THING") == "from the file"


def test_a_secret_given_twice_is_refused_without_showing_it(given: pytest.MonkeyPatch) -> None:
    given.setenv("THING", "hush")
    given.setenv("THING_FILE", "/nowhere")
    with pytest.raises(SettingsError, match="both set") as caught:
        env_secret("THING")
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "sentence"), [(None, "can't be read"), (b"\n", "is empty"), (b"\xff", "not UTF-8")]
)
def test_a_secret_file_that_is_no_use_is_refused(
    given: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)
    given.setenv("THING_FILE", str(path))
    with pytest.raises(SettingsError, match=sentence):
        env_secret("THING")
