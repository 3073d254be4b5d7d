"""What a process of a bench tells the one that started it: one line of JSON, the last it writes."""

import json
import sys
from typing import Any


def tell(about: dict[str, Any]) -> None:
    """Write it."""
    sys.stdout.write(json.dumps(about) + "\n")
    sys.stdout.flush()
