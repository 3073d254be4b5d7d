"""Who should do what, and when will it end: pure functions without Django, clock or chance of their own."""
