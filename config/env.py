"""Reads settings from the environment and refuses bad values with one sentence that names the variable."""

import os
from collections.abc import Sequence
from pathlib import Path

TRUE_WORDS = {"1", "true", "yes", "on"}
FALSE_WORDS = {"0", "false", "no", "off"}


class SettingsError(Exception):
    """The service can't run with what the environment says; correct the variable that the sentence names."""


def env_str(name: str, default: str = "") -> str:
    """The text of NAME without outer blanks; the default when it is missing or blank."""
    return os.environ.get(name, "").strip() or default


def env_bool(name: str, default: bool) -> bool:
    """NAME as yes or no (1/0, true/false, yes/no, on/off); SettingsError otherwise."""
    word = env_str(name).lower()
    if word and word not in TRUE_WORDS | FALSE_WORDS:
        raise SettingsError(f"{name} must be 1 or 0 (also true/false, yes/no, on/off), not {word!r}.")
    return word in TRUE_WORDS if word else default


def env_int(name: str, default: int, *, least: int | None = None, most: int | None = None) -> int:
    """NAME as a whole number from least to most (both inclusive); SettingsError otherwise."""
    text = env_str(name)
    try:
        number = int(text) if text else default
    except ValueError:
        raise SettingsError(f"{name} must be a whole number, not {text!r}.") from None
    if least is not None and number < least:
        raise SettingsError(f"{name} must be {least} or more, not {number}.")
    if most is not None and number > most:
        raise SettingsError(f"{name} must be {most} or less, not {number}.")
    return number


def env_choice(name: str, default: str, choices: Sequence[str]) -> str:
    """NAME as one of the upper-case choices, in any case; SettingsError otherwise."""
    word = env_str(name, default).upper()
    if word not in choices:
        raise SettingsError(f"{name} must be one of {', '.join(choices)}, not {word!r}.")
    return word


def env_list(name: str, default: list[str]) -> list[str]:
    """NAME as a comma-separated list without blanks; SettingsError when an item is empty."""
    text = env_str(name)
    if not text:
        return list(default)
    items = [item.strip() for item in text.split(",")]
    if not all(items):
        raise SettingsError(f"{name} must be a comma-separated list without empty items, not {text!r}.")
    return items


def env_secret(name: str, default: str = "") -> str:
    """A secret from NAME, or from the file that NAME_FILE names; no error ever shows the secret itself."""
    value, file_name = env_str(name), env_str(f"{name}_FILE")
    if value and file_name:
        raise SettingsError(f"{name} and {name}_FILE are both set: keep one of them.")
    return _secret_from_file(f"{name}_FILE", Path(file_name)) if file_name else value or default


def _secret_from_file(variable: str, path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"{variable} names {path}, which can't be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{variable} names {path}, which is not UTF-8 text.") from None
    if not secret:
        raise SettingsError(f"{variable} names {path}, which is empty.")
    return secret
