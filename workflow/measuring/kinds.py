"""Every way in which a project is measured, by its name."""

from typing import Final

from .agreeing import AGREEMENT
from .designs import WHAT_IF
from .kept import Measure
from .monitors import MONITOR
from .quality import QUALITY

MEASURES: Final[dict[str, Measure]] = {one.kind: one for one in (AGREEMENT, WHAT_IF, MONITOR, QUALITY)}
