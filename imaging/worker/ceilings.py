"""What the worker process may use: memory, time, files. Set by itself, before it opens anything of anybody."""

import os
import resource
from pathlib import Path

from imaging.limits import Limits

OPEN_FILES = 64


def lower(limits: Limits) -> None:
    """For the rest of the process's life. Memory is counted beyond what is in use now."""
    _set(resource.RLIMIT_CORE, 0)
    _set(resource.RLIMIT_NOFILE, OPEN_FILES)
    _set(resource.RLIMIT_FSIZE, limits.stored_bytes)
    _set(resource.RLIMIT_AS, _address_space() + limits.memory_bytes)


def allow_processor(seconds: int) -> None:
    """So many seconds of the processor from now on; then the process ends."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    soft = int(spent.ru_utime + spent.ru_stime) + 1 + seconds
    resource.setrlimit(
        resource.RLIMIT_CPU, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard)
    )


def _set(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    if hard != resource.RLIM_INFINITY:
        most = min(most, hard)
    resource.setrlimit(what, (most, most))


def _address_space() -> int:
    """Bytes of address space in use; where the system doesn't tell, a guess on the safe side."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 1 << 30
