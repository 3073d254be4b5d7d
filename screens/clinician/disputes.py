"""Why fields are disputed, in the words of the metric that found it: from the consensus report, under letters."""

from collections.abc import Mapping
from typing import Any

from workflow.consensus.words import pair_words, question_words, sentence

Words = dict[str, list[str]]


def dispute_words(report: Mapping[str, Any], letters: Mapping[str, str]) -> Words:
    """For each disputed field or finding, the sentences that say what differed; `letters` by read id."""
    disputed, words = set(report["disputed"]), {}
    for field in report["fields"]:
        if field["key"] in disputed:
            words[field["key"]] = _of_field(field, letters)
    for finding in report["findings"]:
        if finding["id"] in disputed:
            words[finding["id"]] = [question_words(finding), *_of_mark(finding, letters)]
        for field in finding["fields"]:
            if (name := f"{finding['id']}/{field['key']}") in disputed:
                words[name] = _of_field(field, letters)
    return words


def _of_field(field: Mapping[str, Any], letters: Mapping[str, str]) -> list[str]:
    comparator = field["rule"].get("comparator") or {}
    pairs = [pair_words(pair, comparator, letters) for pair in field["pairs"] if not pair["agree"]]
    return [sentence(field["reason"]), *filter(None, pairs)]


def _of_mark(finding: Mapping[str, Any], letters: Mapping[str, str]) -> list[str]:
    return _of_field(finding["mark"], letters)[1:] if finding["mark"] else []
