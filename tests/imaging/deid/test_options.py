"""The options by name, in and out."""

from dataclasses import fields

import pytest

from imaging.deid.options import Options


def test_without_a_choice_the_basic_profile_stands_alone() -> None:
    assert not any(Options().to_json().values())
    assert Options.from_json({}) == Options()


@pytest.mark.parametrize("name", [field.name for field in fields(Options)])
def test_each_option_goes_out_and_comes_back(name: str) -> None:
    chosen = Options.from_json({name: True})
    assert chosen.to_json()[name] is True
    assert Options.from_json(chosen.to_json()) == chosen != Options()


def test_an_unknown_option_is_named() -> None:
    with pytest.raises(ValueError, match="retain_uids"):
        Options.from_json({"retain_uids": True})


def test_an_option_is_true_or_false() -> None:
    with pytest.raises(ValueError, match="device"):
        Options.from_json({"device": "yes"})
