"""How often somebody may try to sign in: by address, and by the name that they try."""

import hashlib
from typing import Any

from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class ByAddress(SimpleRateThrottle):
    """Attempts from one network address."""

    scope = "sign_in_by_address"

    def get_cache_key(self, request: Request, view: Any) -> str:
        """One count per address."""
        return f"throttle:{self.scope}:{self.get_ident(request)}"


class ByName(SimpleRateThrottle):
    """Attempts at one name, from wherever; the name itself is not kept."""

    scope = "sign_in_by_name"

    def get_cache_key(self, request: Request, view: Any) -> str | None:
        """One count per name."""
        name = request.data.get("username") if isinstance(request.data, dict) else None
        if not isinstance(name, str):
            return None
        return f"throttle:{self.scope}:{hashlib.sha256(name.casefold().encode()).hexdigest()}"
