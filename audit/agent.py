"""What software acts: its name, version and a digest of its own source."""

import hashlib
from functools import cache
from pathlib import Path

SOFTWARE = "consilium/0.1.0"
_ROOT = Path(__file__).resolve().parent.parent
_PACKAGES = ("config", "audit", "accounts", "imaging", "workflow", "tasks", "provenance", "api", "screens")


@cache
def software_digest() -> str:
    """SHA-256 over the sorted paths and SHA-256s of the running source, so that a patched copy shows."""
    whole = hashlib.sha256()
    for path in sorted(p for package in _PACKAGES for p in (_ROOT / package).rglob("*.py")):
        part = hashlib.sha256(path.read_bytes()).hexdigest()
        whole.update(f"{part}  {path.relative_to(_ROOT).as_posix()}\n".encode())
    return f"sha256:{whole.hexdigest()}"
