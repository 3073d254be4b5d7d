"""Answers requests of the process's owner: the first line is the recipe, each further one a file."""

import json
import logging
import os
from pathlib import Path
from typing import IO, Any

from pydicom import config

from imaging.archives import unpack
from imaging.refusals import Refused, of_the_disk

from .ceilings import allow_processor, lower
from .preparing import prepare
from .recipe import Recipe

Answer = dict[str, Any]


def serve(requests: IO[bytes], answers: int) -> None:
    """Until there are no more requests, or memory ran out: a process is not trusted after that."""
    # Its log would quote files; its checks of values would only warn.
    logging.disable(logging.CRITICAL)
    config.settings.reading_validation_mode = config.IGNORE
    config.settings.writing_validation_mode = config.IGNORE
    recipe = Recipe.from_json(json.loads(requests.readline()))
    lower(recipe.limits)
    _tell(answers, {"ready": True})
    for line in requests:
        answer = _answer(json.loads(line), recipe)
        _tell(answers, answer)
        if answer.get("last"):
            return


def _answer(asked: dict[str, str], recipe: Recipe) -> Answer:
    source, target = Path(asked["source"]), Path(asked["target"])
    try:
        allow_processor(recipe.limits.seconds_for(source.stat().st_size))
        if asked["do"] == "unpack":
            return {"members": unpack(source, target, recipe.limits)}
        return dict(prepare(source, target, recipe))
    except Refused as refused:
        last = refused.code == "too_much_memory"
        return {"refused": refused.code, "named": refused.named, "series": refused.series, "last": last}
    except MemoryError:
        return {"refused": "too_much_memory", "last": True}
    except OSError as error:
        return {"refused": of_the_disk(error).code}
    except Exception:
        # Whatever a library says may quote the file: nobody hears of it.
        return {"refused": "failed"}


def _tell(answers: int, told: Answer) -> None:
    data = memoryview(json.dumps(told).encode() + b"\n")
    while data:
        data = data[os.write(answers, data) :]
