"""The page for people who write label schemas tells the truth."""

import json
import re
from pathlib import Path
from typing import Any

from workflow.labels.schema import LabelSchema
from workflow.labels.schema_parts import Kind
from workflow.labels.validation import validate

PAGE = (Path(__file__).parents[3] / "docs/label-schema.md").read_text(encoding="utf-8")


def examples() -> list[Any]:
    return [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]


def test_the_read_of_the_page_fits_the_schema_of_the_page_and_is_in_normal_form() -> None:
    schema, read = examples()
    assert validate(LabelSchema.parse(schema), read) == read


def test_the_page_names_every_kind_of_field() -> None:
    assert all(f"`{kind}`" in PAGE for kind in Kind)
